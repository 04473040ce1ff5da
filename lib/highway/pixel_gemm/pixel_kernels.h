// SPDX-License-Identifier: Apache-2.0
// Packing, multiplying and finishing with lanes over pixels, one table per instruction set.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

constexpr int kMostPixelRows = 12;
// Floats of the widest vector.
constexpr int kPixelTail = 16;

// Cache lines of src that will be packed next, fetched into L2 one by one while the current ones are multiplied: runs of neighbouring lines
// in three nested strides. Without it packing waits for memory, 20 to 45 % of the time of layers with few output channels.
struct PixelPrefetch {
  const float* at;
  int64_t lines, left;  // of a run; still to fetch of this one
  int64_t step;         // floats between lines: 0 when all runs are done
  PixelPrefetch* then;  // what follows, or null
  const float* start[3];
  int64_t stride[3], count[3], index[3];
};

// A box of channels-first src on its way into planes of cells: runs of inputs in three nested strides, 64 bytes of zeros after each run.
struct PixelCopy {
  int64_t wait;  // blocks of sums until the first run: its lines are being fetched
  const float* from;
  float* to;
  int64_t left;    // floats of this run still to copy: 0 when all runs are done
  int64_t floats;  // of a run
  const float* from_start[3];
  float* to_start[3];
  int64_t from_stride[3], to_stride[3], count[3], index[3];
};

struct PixelFinishArgs;

// sums[row][position] += src[channel][position + step] * weights[step][channel][row], step after step, channel after channel: one chain of
// multiply-adds for each sum, wherever vectors begin.
struct PixelGemmArgs {
  const float* src;  // first channel, position 0
  int64_t plane;     // floats between channels
  int64_t channels;
  const int64_t* steps;  // distances in src, never positive
  int64_t step_count;
  const float* weights;
  float* sums[kMostPixelRows];
  bool fresh;  // sums start from `first` instead of what they hold
  float first[kMostPixelRows];
  PixelPrefetch** prefetch;  // moves on to what follows
  PixelCopy* copy;
  const PixelFinishArgs* finish;  // where sums stand in dst: what makes outputs of them, without a residual; null where nothing does
  int64_t positions;              // a whole vector may be read, in src and sums, where the last one begins
};

// Rows of src into rows of cells, which are `width` long: zeros, `count` inputs, zeros. May write 64 bytes past the last cell.
struct PixelPackArgs {
  const float* src;
  int64_t channel_stride, row_stride, pixel_stride;
  int64_t channels;
  int64_t rows;            // all rows of cells
  int64_t top, data_rows;  // zero rows before those with inputs, and these
  int64_t left, count;
  int64_t width;
  float* dst;
  int64_t plane;  // floats between channels of dst
};

// Rows that are interleaved whole vectors at a time.
constexpr int kMostInterleavedRows = 4;

// Finishes `count` positions of `rows` rows of sums and interleaves them: dst[position*step + row - begin]. Where rows == step, the outputs
// before `begin` and from `end` on do not exist.
struct PixelFinishArgs {
  const float* sums;
  int64_t pitch;  // floats between rows of sums
  int64_t rows;
  int64_t count;
  int64_t begin, end;
  float* dst;
  const float* residual;  // null where absent; may be dst
  int64_t step;
  // Per row; null where absent. A scale comes with a bias. A bias alone is in the sums already.
  const float* scale;
  const float* bias;
  const float* slopes;
  const Epilogue* epilogue;
  // dst and every whole vector of it begin at a line: they are stored past the caches, and flush_streams follows before anyone else reads
  // them. For rows == step <= kMostInterleavedRows.
  bool stream;
};

// Terms of a sum: taps of a phase.
constexpr int kMostPixelTerms = 512;

// sums[position] = bias + the sum of terms[t][position], in their order. Term t is input first + position - shifts[t] and absent outside of
// [input_begin, input_end); what stands there may be read. Whole vectors of sums are written.
struct PixelAddArgs {
  const float* const* terms;
  const int64_t* shifts;
  int64_t term_count;
  int64_t first, count;
  int64_t input_begin, input_end;
  float bias;
  float* sums;
};

struct PixelKernels {
  int lanes;
  int rows;                                   // most of a chunk
  void (*const* gemm)(const PixelGemmArgs&);  // [rows - 1]
  void (*pack)(const PixelPackArgs&);
  void (*copy_rest)(PixelCopy&);
  void (*add)(const PixelAddArgs&);
  void (*finish)(const PixelFinishArgs&);
  void (*flush_streams)();
};

const PixelKernels& pixel_kernels(int64_t targets);

}  // namespace deconv
