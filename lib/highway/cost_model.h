// SPDX-License-Identifier: Apache-2.0
// What each algorithm costs, from a layer's integers: vector multiply-adds for each input pixel of a group, everything else counted in the
// same unit. Ratios measured on one core of an AVX-512 server (Zen 4); only the order of the results matters.
#pragma once

#include "core/parameters.h"

namespace deconv {

double phase_gemm_cost(const Parameters& params, int lanes);
double depthwise_cost(const Parameters& params, int lanes);
double overlap_add_cost(const Parameters& params, int lanes);

}  // namespace deconv
