// SPDX-License-Identifier: Apache-2.0
// A host's pool that lives between runs, as engines have one: the library works on its threads and makes none.
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include "api/fixture.h"
#include "support/fill.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

// A fixed number of threads that take indices of one loop at a time; the caller takes some too, but never the first: others always help.
class HostPool {
 public:
  explicit HostPool(int threads) {
    for (int i = 1; i < threads; ++i) threads_.emplace_back([this] { serve(); });
  }
  ~HostPool() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  static void parallel_for(void* context, int64_t count, deconv_task task, void* arg) {
    static_cast<HostPool*>(context)->run(count, [=](int64_t i) { task(arg, i); });
  }

  size_t threads_seen() const { return seen_.size(); }
  bool seen(std::thread::id thread) const { return seen_.count(thread) > 0; }

 private:
  void run(int64_t count, const std::function<void(int64_t)>& task) {
    std::unique_lock<std::mutex> lock(mutex_);
    task_ = &task;
    next_ = 0;
    count_ = left_ = count;
    wake_.notify_all();
    done_.wait(lock, [this] { return next_ > 0 || count_ == 0; });
    drain(&lock);
    done_.wait(lock, [this] { return left_ == 0; });
    task_ = nullptr;
  }

  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ending_) {
      drain(&lock);
      wake_.wait(lock, [this] { return ending_ || (task_ != nullptr && next_ < count_); });
    }
  }

  void drain(std::unique_lock<std::mutex>* lock) {
    while (task_ != nullptr && next_ < count_) {
      const int64_t index = next_++;
      if (index == 0) done_.notify_all();
      seen_.insert(std::this_thread::get_id());
      const auto* const task = task_;
      lock->unlock();
      (*task)(index);
      lock->lock();
      if (--left_ == 0) done_.notify_all();
    }
  }

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int64_t)>* task_ = nullptr;
  int64_t next_ = 0, count_ = 0, left_ = 0;
  bool ending_ = false;
  std::set<std::thread::id> seen_;
};

int64_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

}  // namespace

TEST_CASE("pool: create, plan and run beside a host's pool make no thread") {
  Problem p = parse_problem("d2 n2 g1 ic64 oc80 ih33x30 k4x4 s2x2 pb1x1 pe1x1 bias relu");
  const Tensors tensors = fill_tensors(p, Fill::kReal);
  // On a thread of its own, which has never used OpenMP: workers of earlier tests would hide new ones.
  std::thread([&] {
    HostPool pool(4);
    RunOptions options;
    options.parallel_for = HostPool::parallel_for;
    options.parallel_context = &pool;
    const int64_t before = threads_of_this_process();
    p.threads = 1;  // 1 expected: create packs on its own thread
    const Layer single(p, {"highway", "", ""}, tensors);
    REQUIRE(single.status() == DECONV_OK);
    const std::vector<float> expected = single.run(tensors).dst;
    p.threads = 4;
    const Layer layer(p, {"highway", "", ""}, tensors, &single);
    REQUIRE(layer.status() == DECONV_OK);
    for (int i = 0; i < 20; ++i) {
      const std::vector<float> dst = layer.run(tensors, options).dst;
      CHECK(std::memcmp(dst.data(), expected.data(), expected.size() * sizeof(float)) == 0);
    }
    CHECK(threads_of_this_process() == before);
    CHECK(pool.threads_seen() >= (pool.seen(std::this_thread::get_id()) ? 2 : 1));
    CHECK(pool.threads_seen() <= 4);
  }).join();
}
