// SPDX-License-Identifier: Apache-2.0
// One task of a phase_gemm run: one group, one box of pixels, some panels, all phases. Lives on a worker's stack and workspace.
#pragma once

#include <algorithm>

#include "highway/phase_gemm/plan.h"
#include "highway/phase_gemm/slices.h"

namespace deconv {

class PhaseGemmTask {
 public:
  // A register tile's worth of pixels of one phase.
  struct Tile {
    int rows;
    bool even;                                            // neighbours of one row of pixels, whose distances are all tiles': not listed
    int64_t tap_begin, tap_count;                         // in the worker's array of TileTap
    int64_t input, offset;                                // of the first pixel
    int64_t inputs[kMaxTileRows], offsets[kMaxTileRows];  // from there
  };

  PhaseGemmTask(const PhaseGemmPlan& plan, const RunArguments& args, char* workspace, int64_t group, const PhaseGemmPlan::Box& box);

  // The src of the box that this worker will probably run next, to be fetched while `share` is computed.
  void prefetch_box(const PhaseGemmPlan::Box& next, const PhaseGemmPlan::Share& share);
  // gathered: the workspace holds the box's inputs already, if they are to be gathered.
  void run(const PhaseGemmPlan::Share& share, bool gathered);

 private:
  // Phases [w_begin, w_end) of the rows of phase (d, h): what is computed before the next panel's weights are touched.
  struct Chunk {
    int64_t d, h, w_begin, w_end;
  };
  struct Pixel {
    int64_t image;
    Axes j;
  };
  // Neighbouring pixels of an axis that the same taps reach, [tap_begin, tap_end) of the axis' phase. Their product over the axes is a
  // patch: tiles never cross patches, so nothing is multiplied that lies outside src.
  struct Run {
    int64_t begin, end;
    int64_t tap_begin, tap_end;
  };

  void fetch_ahead();
  void start_row_ahead();
  void locate_src();
  void gather_src();
  void build_tiles(const Chunk& chunk);
  void build_phase(const Chunk& chunk, int64_t w);
  Run run_at(int a, int64_t residue, int64_t j) const;
  void build_patch(const Chunk& chunk, int64_t w, const Run (&runs)[3]);
  void list_taps(const Chunk& chunk, int64_t w, const Run (&runs)[3]);
  void open_tile(int64_t tap_begin);
  void add_row(int64_t tap_begin, int64_t input, int64_t offset, int64_t pixels);
  void list_pixels(Tile* tile, int64_t input, int64_t offset, int end) const;
  int64_t src_offset(const Pixel& pixel) const;
  int64_t dst_offset(const Chunk& chunk, int64_t w, const Pixel& pixel) const;
  int64_t dst_step(const Chunk& chunk) const;
  void run_panel(const Chunk& chunk, const Panel& panel, bool src_is_new);
  TileArgs panel_args(const Panel& panel) const;
  void run_tiles(const Panel& panel, int64_t begin, int64_t end, const Slice& slice, bool src_is_new);
  void prefetch_tile(const Tile* next, bool src_is_new, float* dst, TileArgs* args) const;
  bool take_slice(const Tile& tile, const Slice& slice, TileArgs* args) const;
  void store_chunk(const Chunk& chunk, const Panel& panel);
  void store_run(const Chunk& chunk, const Panel& panel, const Pixel& row, int64_t block_row, int64_t position, int64_t pixels);

  // The part of the box that belongs to a phase of an axis.
  int64_t begin(int a, int64_t residue) const { return std::max(box_.begin[a], plan_.ranges_[a].begin(residue)); }
  int64_t end(int a, int64_t residue) const { return std::min(box_.end[a], plan_.ranges_[a].end(residue)); }
  int64_t panel_lanes(const Panel& panel) const { return static_cast<int64_t>(panel.vectors) * op_.kernels().lanes; }
  // Output position of pixel j of a phase.
  int64_t out(int a, int64_t residue, int64_t j) const { return residue + j * stride_[a] - plan_.shape_.padding.begin[a]; }

  const PhaseGemmPlan& plan_;
  const PhaseGemmOperator& op_;
  const Parameters& params_;
  const RunArguments& args_;
  const Axes& stride_;
  const int64_t group_;
  const PhaseGemmPlan::Box box_;

  TileTap* taps_;
  Tile* tiles_;
  float* gathered_src_;
  float* block_;                         // [rows of the box][row positions][panel lanes]
  float* partial_;                       // [tile of a phase][row][panel lanes]: sums between two slices
  int64_t phase_tiles_[kMostRowPhases];  // end of each phase of the chunk in tiles_
  int64_t tap_count_ = 0, tile_count_ = 0;
  int64_t input_steps_[kMaxTileRows], offset_steps_[kMaxTileRows];  // distances in an even tile

  // src as tiles see it: pixel (image, d, h, w) of the window starts at src_ + image*image_stride_ + ((d*H + h)*W + w)*pixel_stride_.
  const float* src_ = nullptr;
  Axes window_begin_{}, window_{};
  int64_t image_begin_ = 0, image_stride_ = 0, pixel_stride_ = 0;
  // The next box's src, row by row: rows begun and all of them, lines left of this one and of a whole one, and how many each tile fetches.
  PhaseGemmPlan::Box ahead_{};
  const float* ahead_src_ = nullptr;
  int64_t ahead_row_ = 0, ahead_rows_ = 0, ahead_lines_ = 0, row_lines_ = 0, tile_lines_ = 0;
  const bool streams_dst_;
};

}  // namespace deconv
