// SPDX-License-Identifier: Apache-2.0
// Lanes over the pixels of one channel's rows, one table per instruction set.
#pragma once

#include <cstdint>

#include "highway/depthwise/finish.h"

namespace deconv {

// Phases that are computed with lanes over pixels and interleaved. More fill vectors by themselves.
constexpr int kMostInterleaved = 15;

// A tap of one phase: pixel j of a row takes src[row + column + j] * weights[weight].
struct DepthwiseTap {
  int64_t row, column, weight;
};

// Rows of one channel that the same taps of the outer axes reach. Output j*stride + p of a row is pixel j of phase p.
struct DepthwisePlaneArgs {
  int stride;  // 1 .. kMostInterleaved
  const DepthwiseTap* taps[kMostInterleaved];
  int64_t tap_count[kMostInterleaved];
  int64_t least_column, most_column;  // of all taps
  int64_t in;                         // a tap reaches j if 0 <= column + j < in
  int64_t begin, end;                 // pixels
  int64_t out_end;                    // outputs of the row before it exist
  int64_t rows, src_step, dst_step;
  const float* src;
  const float* weights;
  float* dst;
  const float* residual;  // at dst's positions, null where absent
  DepthwiseFinish finish;
  bool stream;  // as above
};

struct PlaneKernels {
  void (*plane)(const DepthwisePlaneArgs&);
};

const PlaneKernels& plane_kernels(int64_t targets);

}  // namespace deconv
