// SPDX-License-Identifier: Apache-2.0
// How many patches a task of toom_cook has: its transformed inputs, the sums of a phase and a panel, and what they become on the way to
// channels-first memory stay in L2 beside the weights of a point.
#pragma once

#include <algorithm>
#include <cstdint>

#include "highway/cache_sets.h"
#include "highway/toom_cook/axes.h"

namespace deconv {

// Floats of a worker's workspace. Together, with the inputs of a row of patches, less than 2 MiB.
constexpr int64_t kPlanesFloats = 192 * 1024;
constexpr int64_t kSumsFloats = 96 * 1024;
constexpr int64_t kRowsFloats = 96 * 1024;
// Channels that the transform of inputs takes at a time, so that its steps stay in L1.
constexpr int64_t kInputPiece = 64;

// `lanes`: of the widest panel. At least 1, whatever the layer.
inline int64_t most_patches(const ToomAxes& axes, int64_t channels, int64_t lanes, bool gathers_dst) {
  constexpr int64_t kMost = 512;
  int64_t patches = std::min(kMost, kPlanesFloats / (axes.planes() * spread_pitch(channels)));
  patches = std::min(patches, kSumsFloats / (axes.most_points() * lanes));
  if (gathers_dst) patches = std::min(patches, kRowsFloats / (axes.outputs() * axes[2].stride * lanes));
  return std::max<int64_t>(1, patches);
}

}  // namespace deconv
