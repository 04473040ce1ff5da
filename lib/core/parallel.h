// SPDX-License-Identifier: Apache-2.0
// Threads: the only place that knows OpenMP. A run is a set of independent tasks; workers take them from a counter.
#pragma once

#include <cstdint>

#include "deconv/deconv.h"

namespace deconv {

// Who runs the tasks of one run.
struct Parallel {
  int threads = 1;                             // upper bound on workers
  deconv_parallel_for parallel_for = nullptr;  // the caller's pool, or null: OpenMP
  void* context = nullptr;
};

// OpenMP's default thread count for this process (OMP_NUM_THREADS, CPU affinity), at most the CPU quota of its control groups as the first
// call finds it; 1 in a build without OpenMP.
int default_threads() noexcept;

// What a wish for at most `wished` threads comes to; 0 asks for the default. More than 1024 cannot be meant, and OpenMP ends the process
// when it cannot make as many as it is asked for.
int resolved_threads(int wished) noexcept;

// Whether the calling thread is inside an OpenMP parallel region of more than one thread.
bool in_parallel_region() noexcept;

// How many threads the calling thread may ask OpenMP for: `threads`, or 1; to be called before anything lets it use OpenMP. 1 where
//  * it forked: its OpenMP workers do not survive in the child, and libgomp waits for them for ever. Threads that the child makes get
//  workers
//    of their own;
//  * a thread cannot be made: OpenMP's runtimes then end the process. It is tried where the team grows.
int openmp_team(int threads) noexcept;

// task(arg, worker, index) once for every index in [0, count), on at most parallel.threads workers at the same time; `worker` in
// [0, parallel.threads) belongs to one task at a time: per-worker memory needs no lock. Runs on the calling thread alone when one
// worker suffices, the caller is inside an OpenMP region, or it has no OpenMP workers (openmp_team). Allocates nothing itself.
using ParallelTask = void (*)(void* arg, int worker, int64_t index);
void parallel_run(const Parallel& parallel, int64_t count, ParallelTask task, void* arg) noexcept;

// The same for a callable f(worker, index).
template <class F>
void parallel_run(const Parallel& parallel, int64_t count, const F& f) noexcept {
  parallel_run(
      parallel, count, [](void* arg, int worker, int64_t index) { (*static_cast<const F*>(arg))(worker, index); },
      const_cast<void*>(static_cast<const void*>(&f)));
}

}  // namespace deconv
