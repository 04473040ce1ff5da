// SPDX-License-Identifier: Apache-2.0
// Data on which a transform's rounding errors are large: one patch of one phase, channel by channel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "highway/toom_cook/transforms.h"

namespace deconv_test {

struct PatchData {
  std::string name;
  int64_t channels = 0;
  std::vector<float> inputs;   // [channel][point]: the window
  std::vector<float> filters;  // [channel][tap]: output i is the sum of inputs[i + k] * filters[k]
};

// Random and worse: alternating signs, magnitudes from 2^-20 to 2^20, channels in pairs that cancel to 2^-12, thousands of channels.
std::vector<PatchData> random_patches(const deconv::ToomTransform& transform, uint64_t seed);

// The first channel makes large sums at every point; each of the others would add a little less than half a unit in their last place and
// is lost. All losses reach one output with the same sign.
PatchData stagnant_patch(const deconv::ToomTransform& transform, int64_t channels);

}  // namespace deconv_test
