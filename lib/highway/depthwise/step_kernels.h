// SPDX-License-Identifier: Apache-2.0
// Lanes over the neighbouring outputs that one pixel of src makes, one table per instruction set.
#pragma once

#include <cstdint>

#include "highway/depthwise/finish.h"

namespace deconv {

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

// Pixels copied side by side: dst[pixel*pitch + e] = src[pixel*pixel_stride + (e % channels / multiplier) * channel_stride], e < pitch.
struct DepthwiseGatherArgs {
  const float* src;
  int64_t pixel_stride, channel_stride;
  int64_t channels, multiplier;
  int64_t pixels;
  float* dst;
  int64_t pitch;
};

struct StepKernels {
  int lanes;
  void (*steps)(const DepthwiseStepsArgs&);
  void (*steps_of_one_channel)(const DepthwiseStepsArgs&);  // channels is 1
  void (*gather)(const DepthwiseGatherArgs&);
  void (*flush_streams)();  // after stores that passed the caches by
};

const StepKernels& step_kernels(int64_t targets);

}  // namespace deconv
