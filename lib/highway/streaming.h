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

inline bool is_far(const Parameters& p, const Shape& shape) {
  return shape.batch * p.out_channels * shape.out_spatial() * static_cast<int64_t>(sizeof(float)) >= kFarBytes;
}

// Stores past the caches need whole lines: of every panel here, and of dst's address when a run begins.
inline bool streams_channels_last(const Parameters& p, const Shape& shape, const std::vector<Panel>& panels) {
  const auto whole_lines = [](const Panel& panel) { return panel.channels * sizeof(float) % kAlignment == 0; };
  return is_far(p, shape) && std::all_of(panels.begin(), panels.end(), whole_lines);
}

// Of every row of outputs here, and of the `outputs` between the beginnings of boxes in it.
inline bool streams_channels_first(const Parameters& p, const Shape& shape, int64_t outputs) {
  const auto whole_lines = [](int64_t floats) { return floats * sizeof(float) % kAlignment == 0; };
  const bool one_box = outputs >= shape.out[2];
  return is_far(p, shape) && shape.padding.begin[2] == 0 && whole_lines(shape.out[2]) && (one_box || whole_lines(outputs));
}

}  // namespace deconv
