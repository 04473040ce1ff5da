// SPDX-License-Identifier: Apache-2.0
// What overlap_add does with columns once the GEMM tile has made them, one table per instruction set.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// Rows of sums that one call adds to.
constexpr int kMostSumRows = 16;

// Adds the columns of neighbouring input pixels to rows of sums, each from its own part of the columns. Pixel p's column, `length` floats,
// belongs at sums + p*step; columns overlap where length > step. Each sum receives its terms in the order of the pixels.
struct AddColumnsArgs {
  int rows;
  const float* columns[kMostSumRows];  // [pixels][pitch]
  float* sums[kMostSumRows];
  int64_t pitch;
  int64_t pixels;
  int64_t length;  // kernel * output channels of the innermost axis
  int64_t step;    // stride * output channels
};

// The same for dilated kernels: the column is `taps` pieces of `channels` floats, `tap_step` apart in the sums.
struct AddDilatedArgs {
  const float* columns;
  int64_t pitch;
  int64_t pixels;
  int64_t taps, channels, tap_step, step;
  float* sums;
};

// Sums become outputs: scale, bias, residual, activation, for pixels whose `channels` floats stand one after the other.
struct FinishArgs {
  const float* sums;
  float* dst;             // may be sums
  const float* residual;  // null where absent; at dst's positions
  int64_t pixels;
  int64_t channels;
  int64_t dst_step;  // floats between pixels of dst; == channels where they are contiguous
  // Per-channel vectors repeated to `channels` whole vectors of floats; null where absent.
  const float* scale;
  const float* bias;
  const float* slopes;
  const Epilogue* epilogue;
  bool activate;  // false: stop after scale and bias
};

struct OverlapAddKernels {
  int lanes;
  void (*add_columns)(const AddColumnsArgs&);
  void (*add_dilated)(const AddDilatedArgs&);
  void (*finish)(const FinishArgs&);
  // Splits pixels of two, three or four channels into channels-first rows; false: not for this number of channels.
  bool (*split_channels)(const float* src, int64_t pixels, int64_t channels, float* dst, int64_t channel_stride);
};

const OverlapAddKernels& overlap_add_kernels(int64_t targets);

}  // namespace deconv
