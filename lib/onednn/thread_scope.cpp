// SPDX-License-Identifier: Apache-2.0
#include "onednn/thread_scope.h"

#include "core/parallel.h"

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace deconv {

#if defined(_OPENMP)

// A primitive created for several threads asks for its count explicitly, which overrides omp_set_num_threads(1). No active level
// makes every region inside run on the caller alone, which oneDNN supports as it does a call from inside a parallel region.
ThreadScope::ThreadScope(int threads) noexcept : threads_(omp_get_max_threads()), levels_(omp_get_max_active_levels()) {
  threads = openmp_team(threads);
  omp_set_num_threads(threads);
  if (threads == 1) omp_set_max_active_levels(0);
}

ThreadScope::~ThreadScope() {
  omp_set_max_active_levels(levels_);
  omp_set_num_threads(threads_);
}

#else

ThreadScope::ThreadScope(int) noexcept {}
ThreadScope::~ThreadScope() = default;

#endif

}  // namespace deconv
