// SPDX-License-Identifier: Apache-2.0
// Which outputs are stored past the caches.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/parameters.h"
#include "highway/tile/panels.h"

namespace deconv {

// Tensors of this size leave the caches before anyone reads them again: more than a core's share of L3 on today's servers. Streaming writes
// there: 64->128 k1 10.6 -> 9.1 ms, 64->16 k3 s2 (8 MB) 6.6 -> 6.1, 64->32 k4 s2 in three dimensions 53.8 -> 50, 192->96 k4 s2 156 -> 155.
constexpr int64_t kFarBytes = 4 << 20;

// Stores past the caches need whole lines: of every panel here, and of dst's address when a run begins.
inline bool streams_channels_last(const Parameters& p, const Shape& shape, const std::vector<Panel>& panels) {
  const int64_t bytes = shape.batch * p.out_channels * shape.out_spatial() * static_cast<int64_t>(sizeof(float));
  const auto whole_lines = [](const Panel& panel) { return panel.channels * sizeof(float) % kAlignment == 0; };
  return bytes >= kFarBytes && std::all_of(panels.begin(), panels.end(), whole_lines);
}

}  // namespace deconv
