// SPDX-License-Identifier: Apache-2.0
#include "core/thread_probe.h"

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>

#include <algorithm>
#endif

namespace deconv {

#if defined(__unix__) || defined(__APPLE__)

namespace {

// Waits until all have been tried: they must exist at the same time.
void* wait_for(void* gate) {
  auto* const mutex = static_cast<pthread_mutex_t*>(gate);
  pthread_mutex_lock(mutex);
  pthread_mutex_unlock(mutex);
  return nullptr;
}

}  // namespace

int startable_threads(int count) noexcept {
  constexpr int kMost = 1024;  // as plans allow
  pthread_t threads[kMost];
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&gate);
  int made = 0;
  while (made < std::min(count, kMost) && pthread_create(&threads[made], nullptr, wait_for, &gate) == 0) ++made;
  pthread_mutex_unlock(&gate);
  for (int i = 0; i < made; ++i) pthread_join(threads[i], nullptr);
  return made;
}

#else

int startable_threads(int count) noexcept { return count; }

#endif

}  // namespace deconv
