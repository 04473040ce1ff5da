// SPDX-License-Identifier: Apache-2.0
// What each algorithm costs, from a layer's integers: vector multiply-adds for each input pixel of a group, everything else counted in the
// same unit. The constants fit the times of each algorithm, forced, on 100 real layers in both layouts (one core of an AVX-512 server, Zen
// 4) to 5 to 10 per cent on average; only the order of the results matters.
#pragma once

#include "core/parameters.h"

namespace deconv {

// phase_gemm: the multiply-adds that a vector of weights takes beyond one for each input channel, row pointers of a tap found for a pixel,
// a tile entered, finished and stored; a float of channels-first src gathered, one of dst turned and stored, and that where a row's phases
// are more than a chunk.
constexpr double kPhaseMultiplyAdd = 1.04;
constexpr double kTapOverhead = 2.1;
constexpr double kTileOverhead = 9.8;
constexpr double kGatherFloat = 0.96;
constexpr double kTurnFloat = 1.4;
constexpr double kTurnShortRun = 4.2;
// overlap_add: multiply-adds, one vector of columns or sums added, a vector of sums finished; a float of channels-first src gathered, one
// of dst split; and how much dearer columns are that leave L2.
constexpr double kColumnMultiplyAdd = 1.17;
constexpr double kColumnOverhead = 4.6;
constexpr double kFinishSums = 28;
constexpr double kGatherBlockFloat = 1.8;
constexpr double kSplitFloat = 0.3;
constexpr double kFarColumns = 9;
// pixel_gemm: multiply-adds, a vector of inputs packed as it stands or turned, a vector of sums finished, a float where neither is
// possible, a row of outputs finished.
constexpr double kPixelMultiplyAdd = 1.1;
constexpr double kPackVector = 2.5;
constexpr double kTurnVector = 9;
constexpr double kFinishVector = 17.4;
constexpr double kScatterFloat = 12;
constexpr double kRowOverhead = 8.6;
// depthwise: a tap, an output.
constexpr double kDepthwiseTap = 1.9;
constexpr double kDepthwiseOutput = 5.2;

double phase_gemm_cost(const Parameters& params, int lanes);
double depthwise_cost(const Parameters& params, int lanes);
double pixel_gemm_cost(const Parameters& params, int lanes);
double overlap_add_cost(const Parameters& params, int lanes);

}  // namespace deconv
