// SPDX-License-Identifier: Apache-2.0
#include "host_pool.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace deconv_ort {
namespace {

// Threads that sleep take longer to come than threads that a run has just woken.
constexpr uint64_t kFirstRuns = 3;
constexpr std::chrono::microseconds kFirstPatience{1000}, kPatience{200};

int32_t cpu_count() {
  static const auto count = static_cast<int32_t>(std::min(std::max(1u, std::thread::hardware_concurrency()), 1024u));
  return count;
}

int32_t count_threads(const HostPool& pool, std::chrono::microseconds patience) {
  const int32_t cpus = cpu_count();
  std::atomic<int32_t> inside{0}, most{0};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  pool(cpus, [&](int64_t) {
    const int32_t now = ++inside;
    int32_t before = most.load();
    while (before < now && !most.compare_exchange_weak(before, now)) continue;
    while (most.load() < cpus && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    --inside;
  });
  return most.load();
}

}  // namespace

// batches 0: every task is a unit of its own, claimed by whichever thread is free. On failure nothing has run.
void HostPool::run(int64_t count, void (*task)(void*, size_t), void* arg) const {
  if (succeeded(api_, api_.KernelContext_ParallelFor(context_, task, static_cast<size_t>(count), 0, arg))) return;
  for (int64_t i = 0; i < count; ++i) task(arg, static_cast<size_t>(i));
}

int32_t PoolWidth::of(const HostPool& pool) {
  const uint64_t run = ++runs_;
  const bool asks = run <= kFirstRuns || (run & (run - 1)) == 0;
  if (asks && widest_.load() < cpu_count()) {
    const int32_t width = count_threads(pool, run <= kFirstRuns ? kFirstPatience : kPatience);
    int32_t before = widest_.load();
    while (before < width && !widest_.compare_exchange_weak(before, width)) continue;
  }
  return widest_.load();
}

}  // namespace deconv_ort
