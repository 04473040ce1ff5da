// SPDX-License-Identifier: Apache-2.0
#include "host_pool.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace deconv_ort {
namespace {

constexpr int kQuestions = 3;
constexpr std::chrono::microseconds kPatience{1000};

int32_t count_threads(const HostPool& pool) {
  const auto cpus = static_cast<int32_t>(std::min(std::max(1u, std::thread::hardware_concurrency()), 1024u));
  if (cpus == 1) return 1;
  std::atomic<int32_t> inside{0}, most{0};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
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
  if (asked_.load() < kQuestions && asked_.fetch_add(1) < kQuestions) {
    const int32_t width = count_threads(pool);
    int32_t before = widest_.load();
    while (before < width && !widest_.compare_exchange_weak(before, width)) continue;
  }
  return widest_.load();
}

}  // namespace deconv_ort
