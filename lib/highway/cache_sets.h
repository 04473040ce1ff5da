// SPDX-License-Identifier: Apache-2.0
// Distances in memory that spread over a cache's sets: what lies a large power of two apart shares a few of them.
#pragma once

#include <cstdint>

#include "core/division.h"

namespace deconv {

constexpr int64_t kLineFloats = 16;

// At least `floats`, an odd number of cache lines.
constexpr int64_t odd_lines(int64_t floats) { return (ceil_div(floats, kLineFloats) | 1) * kLineFloats; }

// Pixels of a multiple of 64 channels fall into a quarter of the sets of an L1 cache, which then holds 32 of them: they get a line more.
constexpr int64_t spread_pitch(int64_t channels) { return channels % (4 * kLineFloats) == 0 ? channels + kLineFloats : channels; }

}  // namespace deconv
