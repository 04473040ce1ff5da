// SPDX-License-Identifier: Apache-2.0
// The caller's own parallel_for, and callers on many threads. Callers inside an OpenMP region: openmp_test.cpp.
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "api/fixture.h"
#include "support/fill.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

constexpr const char* kLayer = "d2 n2 g1 ic20 oc40 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias relu";

// Runs every task on a thread of its own and remembers how many were alive at the same time.
struct Pool {
  std::atomic<int> alive{0}, most{0}, calls{0};
  std::atomic<int64_t> largest_count{0};
  std::mutex mutex;

  static void parallel_for(void* context, int64_t count, deconv_task task, void* arg) {
    auto* const pool = static_cast<Pool*>(context);
    ++pool->calls;
    if (count > pool->largest_count) pool->largest_count = count;
    std::vector<std::thread> threads;
    threads.reserve(static_cast<size_t>(count));
    for (int64_t i = count - 1; i >= 0; --i) {  // any order is allowed
      threads.emplace_back([=] {
        const int alive = ++pool->alive;
        {
          const std::lock_guard<std::mutex> lock(pool->mutex);
          if (alive > pool->most) pool->most = alive;
        }
        task(arg, i);
        --pool->alive;
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

// Tasks one after the other: nothing may wait for another task to start.
void serial_for(void*, int64_t count, deconv_task task, void* arg) {
  for (int64_t i = 0; i < count; ++i) task(arg, i);
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

template <class F>
void for_own_backends(const F& f) {
  for (const char* backend : {"naive", "highway"}) {
    CAPTURE(std::string(backend));
    f(Target{backend, "", ""});
  }
}

}  // namespace

TEST_CASE("threads: the caller's pool runs the tasks, never more than were allowed") {
  for_own_backends([](const Target& target) {
    Problem p = parse_problem(kLayer);
    const Tensors tensors = fill_tensors(p, Fill::kReal);
    const Layer single(p, target, tensors);
    REQUIRE(single.status() == DECONV_OK);
    const std::vector<float> expected = single.run(tensors).dst;
    for (p.threads = 2; p.threads <= 5; ++p.threads) {
      const Layer layer(p, target, tensors);
      REQUIRE(layer.status() == DECONV_OK);
      CHECK(layer.plan_info().threads == p.threads);
      Pool pool;
      RunOptions options;
      options.parallel_for = Pool::parallel_for;
      options.parallel_context = &pool;
      const RunResult result = layer.run(tensors, options);
      REQUIRE(result.status == DECONV_OK);
      CHECK(same_bits(result.dst, expected));
      CHECK(pool.calls >= 1);
      CHECK(pool.largest_count <= p.threads);
      CHECK(pool.most <= p.threads);
      options.parallel_for = serial_for;
      CHECK(same_bits(layer.run(tensors, options).dst, expected));
    }
  });
}

TEST_CASE("threads: one thread means that no pool is asked") {
  for_own_backends([](const Target& target) {
    const Problem p = parse_problem(kLayer);
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    const Layer layer(p, target, tensors);
    REQUIRE(layer.status() == DECONV_OK);
    Pool pool;
    RunOptions options;
    options.parallel_for = Pool::parallel_for;
    options.parallel_context = &pool;
    CHECK(layer.run(tensors, options).status == DECONV_OK);
    CHECK(pool.largest_count <= 1);
  });
}

TEST_CASE("threads: 0 asks for the default and is resolved") {
  Problem p = parse_problem(kLayer);
  p.threads = 0;
  const Layer layer(p, {"naive", "", ""}, fill_tensors(p, Fill::kExact));
  REQUIRE(layer.status() == DECONV_OK);
  CHECK(layer.plan_info().threads >= 1);
}

TEST_CASE("threads: operators and plans created on many threads at once") {
  for_own_backends([](const Target& target) {
    const Problem p = parse_problem(kLayer);
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    const std::vector<float> expected = Layer(p, target, tensors).run(tensors).dst;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          const Layer layer(p, target, tensors);
          if (layer.status() != DECONV_OK || !same_bits(layer.run(tensors).dst, expected)) ++wrong;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
  });
}
