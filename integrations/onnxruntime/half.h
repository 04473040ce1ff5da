// SPDX-License-Identifier: Apache-2.0
// IEEE binary16 and float. Loops without branches that compilers vectorise for the baseline of any CPU.
#pragma once

#include <cstdint>

namespace deconv_ort {

// Exact, NaN and infinity included.
void halves_to_floats(const uint16_t* halves, float* floats, int64_t count) noexcept;

// To the nearest, ties to even; beyond the largest: infinity; NaN stays NaN.
void floats_to_halves(const float* floats, uint16_t* halves, int64_t count) noexcept;

}  // namespace deconv_ort
