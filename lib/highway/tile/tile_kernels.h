// SPDX-License-Identifier: Apache-2.0
// The GEMM micro-kernel and the copies around it, one table per instruction set. Shared by the algorithms.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// Rows and vectors that any tile of any target may have.
constexpr int kMaxTileRows = 10;
constexpr int kMaxTileVectors = 3;

// A tap that reaches every pixel of a tile: row m reads `channels` contiguous inputs at src + input + inputs[m] - back.
struct TileTap {
  int64_t weights;  // offset into the panel, in units of `tap_rows` rows of NR weights
  int64_t back;     // floats
};

// One register tile: rows x NR outputs, NR = vectors x lanes.
struct TileArgs {
  const TileTap* taps;
  int64_t tap_count;  // 0 is legal: sums are zero
  int64_t channels;
  int64_t pitch;     // floats between rows of weights
  int64_t tap_rows;  // rows of weights between taps: `channels`, more where only a slice of the channels is multiplied
  const float* src;
  int64_t input;
  const int64_t* inputs;  // one for each row
  const float* weights;   // [tap][channel][pitch]; whole vectors are read
  int64_t ahead;          // floats from each row of weights to one that L2 should hold by the time of the next pass; 0: none
  // Sums of a slice of the taps and channels: taken up from and put down to `partial`, [row][NR], instead of beginning at 0 and finishing.
  float* partial;
  bool resume, pause;
  bool add;  // with pause: sums are added to `partial`, not put down
  // Epilogue of the panel; all NR entries readable. Null where absent.
  const float* scale;
  const float* bias;
  const float* slopes;
  const Epilogue* epilogue;
  bool finish;  // false: stop after scale and bias (store_rows finishes)
  // Row m goes to dst + offsets[m]; the residual, if any, is read at the same offset.
  float* dst;
  const float* residual;
  const int64_t* offsets;
  int64_t columns;  // valid outputs of a row, in (NR - lanes, NR]
  // Stores go past the caches: dst, offsets and columns are multiples of 64 bytes, and flush_streams follows before anyone else reads dst.
  bool stream;
  // As many rows of the next tile, asked for before this one's sums. Null where they are near already.
  int64_t next_input;
  const int64_t* next_inputs;
  const float* next_dst;
  const int64_t* next_offsets;
};

// A block of tile rows on its way to channels-first dst: [pixels][pitch] in, one run of `pixels` outputs per channel out.
struct StoreRowsArgs {
  const float* block;
  int64_t pitch;
  int64_t pixels;
  int64_t channels;
  float* dst;
  const float* residual;  // null: the tile has finished the epilogue
  int64_t channel_stride;
  const float* slopes;
  const Epilogue* epilogue;
};

// A run of pixels of channels-first src, gathered so that each pixel's channels are contiguous: dst[pixel*pitch + channel].
struct PackPixelsArgs {
  const float* src;
  int64_t channel_stride;
  int64_t pixels;
  int64_t channels;
  float* dst;
  int64_t pitch;
};

struct TileKernels {
  int lanes;                  // floats of a vector
  int vectors;                // of the widest panel
  int rows[kMaxTileVectors];  // of the largest tile of 1, 2, ... vectors
  // [rows - 1][vectors - 1]; null beyond the largest.
  void (*const* gemm_tiles)(const TileArgs&);
  void (*flush_streams)();
  void (*store_rows)(const StoreRowsArgs&);
  void (*pack_pixels)(const PackPixelsArgs&);

  int most_rows(int tile_vectors) const { return rows[tile_vectors - 1]; }
  void gemm_tile(int tile_rows, int tile_vectors, const TileArgs& args) const {
    gemm_tiles[(tile_rows - 1) * vectors + tile_vectors - 1](args);
  }
};

// The table of the best of `targets`. Static.
const TileKernels& tile_kernels(int64_t targets);

}  // namespace deconv
