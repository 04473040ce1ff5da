// SPDX-License-Identifier: Apache-2.0
// The session's intra-op threads, lent to this library's runs: no other thread is made.
#pragma once

#include <atomic>

#include "runtime.h"

namespace deconv_ort {

// deconv_run_args::parallel_for over the pool of one run of a node. Lives during that run.
class HostPool {
 public:
  HostPool(const OrtApi& api, const OrtKernelContext* context) : api_(api), context_(context) {}

  // Ready for deconv::RunArgs::set_parallel_for. task(i) once for every i in [0, count).
  template <class Task>
  void operator()(int64_t count, const Task& task) const {
    run(
        count, [](void* arg, size_t index) { (*static_cast<const Task*>(arg))(static_cast<int64_t>(index)); },
        const_cast<void*>(static_cast<const void*>(&task)));
  }

 private:
  void run(int64_t count, void (*task)(void*, size_t), void* arg) const;

  const OrtApi& api_;
  const OrtKernelContext* context_;
};

// How many threads work on one node. The C API does not say, so runs ask the pool: each of as many tasks as there are CPUs waits for the
// others, for a millisecond at most, and the most that were there at once are the threads. A busy machine shows fewer: the first three
// runs ask, then the 4th, 8th, 16th and so on until every CPU has answered, and the largest answer counts.
class PoolWidth {
 public:
  // Thread-safe.
  int32_t of(const HostPool& pool);

 private:
  std::atomic<int32_t> widest_{1};
  std::atomic<uint64_t> runs_{0};
};

}  // namespace deconv_ort
