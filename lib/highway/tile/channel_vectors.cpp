// SPDX-License-Identifier: Apache-2.0
#include "highway/tile/channel_vectors.h"

#include <algorithm>

namespace deconv {
namespace {

AlignedBuffer<float> padded(const Parameters& p, const float* values, bool present, int64_t lanes) {
  AlignedBuffer<float> result(present ? static_cast<size_t>(p.groups * lanes) : 0);
  std::fill_n(result.data(), result.size(), 0.0f);
  const int64_t channels = p.out_channels_per_group();
  for (int64_t group = 0; present && group < p.groups; ++group) {
    std::copy_n(values + group * channels, channels, result.data() + group * lanes);
  }
  return result;
}

}  // namespace

ChannelVectors::ChannelVectors(const Parameters& p, const std::vector<Panel>& panels, int lanes)
    : lanes_(padded_lanes(panels, lanes)),
      scale_(padded(p, p.scale, p.epilogue.has_scale, lanes_)),
      bias_(padded(p, p.bias, p.epilogue.has_bias, lanes_)),
      slopes_(padded(p, p.prelu_slopes, p.epilogue.activation == DECONV_ACTIVATION_PRELU, lanes_)) {}

}  // namespace deconv
