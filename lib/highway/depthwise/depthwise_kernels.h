// SPDX-License-Identifier: Apache-2.0
// The loops of depthwise, one table per instruction set.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// Phases whose vectors are interleaved as they are stored.
constexpr int kMostInterleaved = 4;

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

// Of one phase at one pixel: weights[weight] * src[src], both from the start of their planes.
struct DepthwiseTap {
  int64_t src, weight;
};

// Neighbouring pixels of src (pixels [begin, end) of each phase) whose taps all reach: outputs `stride` a pixel, from `first` of the row
// on.
struct DepthwiseRowArgs {
  int stride;  // 1 .. kMostInterleaved
  int64_t begin, end;
  const DepthwiseTap* taps[kMostInterleaved];  // of each phase
  int64_t tap_count[kMostInterleaved];
  const float* src;  // a tap is src[tap.src + pixel]
  const float* weights;
  int64_t out_begin, out_end;  // outputs of the row that exist: pixel p's first output is p*stride - pad
  int64_t pad;
  float* dst;  // the row
  const float* residual;
  DepthwiseFinish finish;
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
  void (*row)(const DepthwiseRowArgs&);
  void (*gather)(const DepthwiseGatherArgs&);
  void (*end_stream)();
};

const DepthwiseKernels& depthwise_kernels(int64_t targets);

}  // namespace deconv
