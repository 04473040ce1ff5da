// SPDX-License-Identifier: Apache-2.0
// A layer's per-channel vectors, laid out as its panels are.
#pragma once

#include <cstdint>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/parameters.h"
#include "highway/tile/panels.h"

namespace deconv {

// Scale, bias and prelu slopes of the output channels, copied, with zeros behind each group's last channel up to whole vectors.
class ChannelVectors {
 public:
  // `panels`: those of one group; all groups are alike.
  ChannelVectors(const Parameters& params, const std::vector<Panel>& panels, int lanes);

  // From the panel's first channel on, all of its lanes readable; null where the layer has none.
  const float* scale(int64_t group, const Panel& panel) const { return entry(scale_, group, panel); }
  const float* bias(int64_t group, const Panel& panel) const { return entry(bias_, group, panel); }
  const float* slopes(int64_t group, const Panel& panel) const { return entry(slopes_, group, panel); }

  size_t bytes() const { return scale_.bytes() + bias_.bytes() + slopes_.bytes(); }

 private:
  const float* entry(const AlignedBuffer<float>& vector, int64_t group, const Panel& panel) const {
    return vector.size() == 0 ? nullptr : vector.data() + group * lanes_ + panel.lane;
  }

  int64_t lanes_;  // padded output channels of a group
  AlignedBuffer<float> scale_, bias_, slopes_;
};

}  // namespace deconv
