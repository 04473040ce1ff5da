// SPDX-License-Identifier: Apache-2.0
// Which F(m, r) toom_cook takes on each axis, and what that costs. Pure integers and doubles; nothing is allocated.
#pragma once

#include "core/backend.h"
#include "highway/toom_cook/axes.h"

namespace deconv {

// Channels whose products are one chain of additions; the chains' sums are then added. Rounding errors of a chain grow with the square root
// of its length, and beside those that transforms enlarge there is less room for them than in plain sums.
constexpr int64_t kSummedChannels = 256;

// Whether a layer's axes have transforms at all.
Support check_toom_axes(const Parameters& params);

struct ToomChoice {
  int outputs[3];  // m of each axis
  bool accurate;   // within the limits on errors and memory; else the most accurate that there is
  double cost;     // in vector multiply-adds for each input pixel of a group, as every algorithm's (cost_model.h)
};

// The cheapest of the F(m, r) whose error stays in bounds. Only for layers that check_toom_axes accepts.
ToomChoice choose_toom_outputs(const Parameters& params, int lanes);

}  // namespace deconv
