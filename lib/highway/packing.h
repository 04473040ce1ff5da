// SPDX-License-Identifier: Apache-2.0
// How many threads pack a layer's weights.
#pragma once

#include <algorithm>

#include "core/parallel.h"
#include "core/parameters.h"

namespace deconv {

// Threads only where packing takes longer than waking them (64 Ki weights: about 50 us), and none for a caller who expects to use one.
inline Parallel packing_threads(const Parameters& params) {
  constexpr int64_t kWorthThreads = 1 << 16;
  if (params.weights_count() < kWorthThreads) return {};
  const int threads = params.expected_threads > 0 ? std::min(params.expected_threads, default_threads()) : default_threads();
  return {threads, nullptr, nullptr};
}

}  // namespace deconv
