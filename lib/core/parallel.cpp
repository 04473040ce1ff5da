// SPDX-License-Identifier: Apache-2.0
#include "core/parallel.h"

#include <algorithm>
#include <atomic>

#include "core/cpu_quota.h"
#include "core/thread_probe.h"

#if defined(_OPENMP)
#include <omp.h>
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#define DECONV_HAVE_FORK 1
#endif
#endif

namespace deconv {
namespace {

// Workers take indices from a counter rather than fixed shares: on a machine with a busy core the others take over.
struct Work {
  std::atomic<int64_t> next{0};
  int64_t count;
  ParallelTask task;
  void* arg;

  void drain(int worker) noexcept {
    for (int64_t i = next.fetch_add(1, std::memory_order_relaxed); i < count; i = next.fetch_add(1, std::memory_order_relaxed)) {
      task(arg, worker, i);
    }
  }
};

#if defined(DECONV_HAVE_FORK)

struct OpenmpHistory {
  int team = 1;  // of the last region: libgomp keeps its workers for the next one, and ends those that are too many for it
  bool workers_lost = false;
};
thread_local OpenmpHistory openmp_history;

[[maybe_unused]] const int fork_watched = pthread_atfork(nullptr, nullptr, [] { openmp_history.workers_lost = openmp_history.team > 1; });

#endif

void run_on_openmp(Work* work, int workers) noexcept {
#if defined(_OPENMP)
#pragma omp parallel num_threads(workers)
  work->drain(omp_get_thread_num());
#else
  (void)workers;
  work->drain(0);
#endif
}

}  // namespace

int default_threads() noexcept {
#if defined(_OPENMP)
  static const int quota = cpu_quota("");
  const int most = std::min(omp_get_max_threads(), omp_get_num_procs());
  return std::max(1, quota > 0 ? std::min(most, quota) : most);
#else
  return 1;
#endif
}

int resolved_threads(int wished) noexcept {
  constexpr int kMostThreads = 1024;
  return std::min(kMostThreads, wished == 0 ? default_threads() : wished);
}

bool in_parallel_region() noexcept {
#if defined(_OPENMP)
  return omp_in_parallel() != 0;
#else
  return false;
#endif
}

int openmp_team(int threads) noexcept {
#if defined(DECONV_HAVE_FORK)
  OpenmpHistory& history = openmp_history;
  if (threads <= 1 || history.workers_lost) return 1;
  const int more = threads - history.team;
  if (more > 0 && startable_threads(more) < more) return 1;
  history.team = threads;
#endif
  return threads;
}

void parallel_run(const Parallel& parallel, int64_t count, ParallelTask task, void* arg) noexcept {
  int workers = static_cast<int>(std::min<int64_t>(parallel.threads, count));
  if (workers > 1 && parallel.parallel_for == nullptr) workers = in_parallel_region() ? 1 : openmp_team(workers);
  if (workers <= 1) {
    for (int64_t i = 0; i < count; ++i) task(arg, 0, i);
    return;
  }
  Work work;
  work.count = count;
  work.task = task;
  work.arg = arg;
  if (parallel.parallel_for == nullptr) return run_on_openmp(&work, workers);
  parallel.parallel_for(
      parallel.context, workers, [](void* shared, int64_t worker) { static_cast<Work*>(shared)->drain(static_cast<int>(worker)); }, &work);
}

}  // namespace deconv
