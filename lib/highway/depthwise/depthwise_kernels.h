// SPDX-License-Identifier: Apache-2.0
// The loops of depthwise, one table per instruction set.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// Phases that are computed with lanes over pixels and interleaved. More fill vectors by themselves.
constexpr int kMostInterleaved = 15;

// What happens to a sum of the unit's channel c: entry c of each vector, null where absent.
struct DepthwiseFinish {
  const float* scale;
  const float* bias;
  const float* slopes;
  const Epilogue* epilogue;
};

// Steps of src, each of which makes `length` neighbouring outputs, for k < steps and f < length:
//   dst[k*step + f] = sum over rows r, columns q of src[r][(k - q)*pitch + f % channels] * weights[r][q*column_weights + f]
struct DepthwiseStepsArgs {
  const float* const* src;
  const float* const* weights;  // readable up to a vector past the end
  int64_t rows, columns;        // of taps; no taps are legal
  int64_t column_weights;
  int64_t pitch;
  int64_t channels;
  int64_t steps, step, length;
  float* dst;
  const float* residual;  // at dst's positions, null where absent
  DepthwiseFinish finish;
  bool stream;  // dst is not read soon: pass the caches by, where vectors of dst are whole lines
};

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

// Pixels copied side by side: dst[pixel*pitch + e] = src[pixel*pixel_stride + (e % channels / multiplier) * channel_stride], e < pitch.
struct DepthwiseGatherArgs {
  const float* src;
  int64_t pixel_stride, channel_stride;
  int64_t channels, multiplier;
  int64_t pixels;
  float* dst;
  int64_t pitch;
};

struct DepthwiseKernels {
  int lanes;
  void (*steps)(const DepthwiseStepsArgs&);
  void (*steps_of_one_channel)(const DepthwiseStepsArgs&);  // channels is 1
  void (*plane)(const DepthwisePlaneArgs&);
  void (*gather)(const DepthwiseGatherArgs&);
  void (*end_stream)();
};

const DepthwiseKernels& depthwise_kernels(int64_t targets);

}  // namespace deconv
