// SPDX-License-Identifier: Apache-2.0
// How many patches a task of toom_cook has: its transformed inputs, the sums of a phase and a panel, and what they become on the way to
// channels-first memory stay in L2 beside the weights of a point.
#pragma once

#include <algorithm>
#include <cstdint>

#include "highway/cache_sets.h"
#include "highway/toom_cook/axes.h"

namespace deconv {

// Floats of a worker's planes, and of planes, sums and gathered outputs together, so that all of a workspace is less than 2 MiB. Planes
// take more of it where that brings fewer than 32 patches: weights that serve too few are waited for (512->256 k3 s2, F(2,2): 7 patches
// 105 ms, 11 77, 24 68; k4 s2 256->256, F(3,2): 22 41.5, 45 42).
constexpr int64_t kPlanesFloats = 192 * 1024, kMostPlanesFloats = 360 * 1024;
constexpr int64_t kGroupFloats = 430 * 1024;
constexpr int64_t kWantedPatches = 32;
// Channels that the transform of inputs takes at a time, so that its steps stay in L1.
constexpr int64_t kInputPiece = 64;

// `lanes`: of the widest panel. At least 1, whatever the layer.
inline int64_t most_patches(const ToomAxes& axes, int64_t channels, int64_t lanes, bool gathers_dst) {
  constexpr int64_t kMost = 512;
  const int64_t planes = axes.planes() * spread_pitch(channels), sums = axes.most_points() * lanes;
  const int64_t block = gathers_dst ? axes.outputs() * axes[2].stride * lanes : 0;
  const int64_t near = std::clamp(kWantedPatches * planes, kPlanesFloats, kMostPlanesFloats) / planes;
  return std::max<int64_t>(1, std::min({kMost, near, kGroupFloats / (planes + sums + block)}));
}

}  // namespace deconv
