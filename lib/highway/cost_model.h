// SPDX-License-Identifier: Apache-2.0
// What each algorithm costs, from a layer's integers: vector multiply-adds for each input pixel of a group, everything else counted in the
// same unit. Ratios measured on one core of an AVX-512 server (Zen 4); only the order of the results matters.
#pragma once

#include "core/parameters.h"

namespace deconv {

// Row pointers of a tap, found and loaded once for each pixel: 1->1 k4 s2 spends 22 ms on 518,400 pixels, nearly all of it here.
constexpr double kTapOverhead = 6;
// One vector of columns or sums in add_columns: load, mask, add, loop.
constexpr double kColumnOverhead = 8;
// pixel_gemm: a vector of inputs packed, a vector of sums finished, a float where neither is possible, a row of outputs finished.
constexpr double kPackVector = 3;
constexpr double kFinishVector = 4;
constexpr double kScatterFloat = 6;
constexpr double kRowOverhead = 40;

double phase_gemm_cost(const Parameters& params, int lanes);
double depthwise_cost(const Parameters& params, int lanes);
double pixel_gemm_cost(const Parameters& params, int lanes);
double overlap_add_cost(const Parameters& params, int lanes);

}  // namespace deconv
