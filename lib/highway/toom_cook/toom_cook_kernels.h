// SPDX-License-Identifier: Apache-2.0
// The transforms of toom_cook, one table per instruction set. Lanes run over channels, which lie side by side everywhere.
#pragma once

#include <cstdint>

#include "core/parameters.h"
#include "highway/toom_cook/transforms.h"

namespace deconv {

// Vectors of channels along one axis, line by line: a filter's inputs become its points' factors, or its points' sums its outputs.
struct ToomLinesArgs {
  int64_t outer, lines;  // lines of one axis, of another
  int64_t floats;        // channels side by side
  const float* src;
  int64_t src_step, src_line, src_outer;  // floats between a line's entries, between lines
  float* dst;
  int64_t dst_step, dst_line, dst_outer;
  int64_t ahead;  // floats from src to what the next call reads, which L1 should hold by then
};
using ToomLines = void (*)(const ToomLinesArgs&);

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
  // Stores go past the caches: dst and all distances are multiples of 64 bytes, and TileKernels::flush_streams follows.
  bool stream;
};

struct ToomCookKernels {
  // Of F(m, r): [m - 1][r - 1]; null where there is none. The inputs' transform of one tap copies m entries.
  ToomLines input[kMostOutputs][kMostTaps];
  ToomLines output[kMostOutputs][kMostTaps];
  void (*finish)(const ToomFinishArgs&);
};

// The table of the best of `targets`. Static.
const ToomCookKernels& toom_cook_kernels(int64_t targets);

}  // namespace deconv
