// SPDX-License-Identifier: Apache-2.0
// The transforms of toom_cook, one table per instruction set. Lanes run over channels, which lie side by side everywhere.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// Lines along one axis: dst[o] = sum over i of matrix[o][i] * src[i], for `floats` channels of every line.
struct ToomLinesArgs {
  const float* matrix;  // [outputs][inputs]
  int inputs, outputs;  // at most kMostPoints; 2 * kMostPoints
  int64_t lines;
  int64_t floats;
  const float* src;
  int64_t src_step, src_line;  // floats between a line's inputs, between lines
  float* dst;
  int64_t dst_step, dst_line;
};

// Sums of some rows of outputs, each `columns` pixels of `floats` channels, on their way to dst or to a block of rows.
struct ToomFinishArgs {
  const float* sums;
  int64_t sums_row, sums_step;  // floats between rows, between columns
  int64_t rows, columns;
  int64_t floats;
  const float* scale;  // null where absent
  const float* bias;
  const float* slopes;
  const Epilogue* epilogue;
  bool finish;  // false: stop after scale and bias
  float* dst;
  const float* residual;  // null where absent; laid out as dst
  int64_t dst_row, dst_step;
};

struct ToomCookKernels {
  void (*lines)(const ToomLinesArgs&);
  void (*finish)(const ToomFinishArgs&);
};

// The table of the best of `targets`. Static.
const ToomCookKernels& toom_cook_kernels(int64_t targets);

}  // namespace deconv
