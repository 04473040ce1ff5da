// SPDX-License-Identifier: Apache-2.0
// Which pixels of a box make which tiles: phases into patches that the same taps reach, patches into register tiles.
#include <algorithm>

#include "highway/phase_gemm/task.h"

namespace deconv {

void PhaseGemmTask::build_tiles(const Chunk& chunk) {
  tap_count_ = tile_count_ = 0;
  for (int m = 0; m < kMaxTileRows; ++m) {
    input_steps_[m] = m * pixel_stride_;
    offset_steps_[m] = m * dst_step(chunk);
  }
  for (int64_t w = chunk.w_begin; w < chunk.w_end; ++w) {
    build_phase(chunk, w);
    phase_tiles_[w - chunk.w_begin] = tile_count_;
  }
}

// Cuts the pixels of one phase into patches. Of a million phases nearly all may have no pixel: for these not even rows are looked at.
void PhaseGemmTask::build_phase(const Chunk& chunk, int64_t w) {
  if (begin(2, w) >= end(2, w)) return;
  Run runs[3];
  for (int64_t d = begin(0, chunk.d); d < end(0, chunk.d); d = runs[0].end) {
    runs[0] = run_at(0, chunk.d, d);
    for (int64_t h = begin(1, chunk.h); h < end(1, chunk.h); h = runs[1].end) {
      runs[1] = run_at(1, chunk.h, h);
      for (int64_t j = begin(2, w); j < end(2, w); j = runs[2].end) {
        runs[2] = run_at(2, w, j);
        build_patch(chunk, w, runs);
      }
    }
  }
}

// The run that starts at pixel j. Tap t reaches it if 0 <= j - shift < I: taps enter and leave in the order of their shifts.
PhaseGemmTask::Run PhaseGemmTask::run_at(int a, int64_t residue, int64_t j) const {
  const auto& taps = op_.taps().axis(a, residue);
  const int64_t in = plan_.shape_.in[a], count = static_cast<int64_t>(taps.size());
  Run run{j, end(a, residue), 0, 0};
  while (run.tap_begin < count && j - taps[run.tap_begin].shift >= in) ++run.tap_begin;
  run.tap_end = run.tap_begin;
  while (run.tap_end < count && taps[run.tap_end].shift <= j) ++run.tap_end;
  if (run.tap_end < count) run.end = std::min(run.end, taps[run.tap_end].shift);
  if (run.tap_begin < run.tap_end) run.end = std::min(run.end, taps[run.tap_begin].shift + in);
  return run;
}

// Cuts the pixels of a patch, rows and images merged, into tiles.
void PhaseGemmTask::build_patch(const Chunk& chunk, int64_t w, const Run (&runs)[3]) {
  const int64_t taps = tap_count_, pixels = runs[2].end - runs[2].begin;
  list_taps(chunk, w, runs);
  open_tile(taps);
  for (int64_t image = box_.batch_begin; image < box_.batch_end; ++image) {
    for (int64_t d = runs[0].begin; d < runs[0].end; ++d) {
      for (int64_t h = runs[1].begin; h < runs[1].end; ++h) {
        const Pixel first{image, {d, h, runs[2].begin}};
        add_row(taps, src_offset(first), dst_offset(chunk, w, first), pixels);
      }
    }
  }
  if (tiles_[tile_count_].rows > 0) ++tile_count_;
}

void PhaseGemmTask::open_tile(int64_t tap_begin) {
  tiles_[tile_count_].rows = 0;
  tiles_[tile_count_].tap_begin = tap_begin;
  tiles_[tile_count_].tap_count = tap_count_ - tap_begin;
}

// Pixels of one row, appended to the open tile and as many more as they need. A layer of few channels and one panel spends as long here as
// on its sums: 16 % of vnet_up32's run while each pixel was located anew, 6 % of squeezeseg_fd13's while each was listed.
void PhaseGemmTask::add_row(int64_t tap_begin, int64_t input, int64_t offset, int64_t pixels) {
  while (pixels > 0) {
    Tile& tile = tiles_[tile_count_];
    const int begin = tile.rows, end = static_cast<int>(std::min<int64_t>(op_.tile_rows(), begin + pixels));
    if (begin == 0) {
      tile.even = true;
      tile.input = input;
      tile.offset = offset;
      tile.rows = end;
    } else {
      list_pixels(&tile, input, offset, end);
    }
    pixels -= end - begin;
    input += (end - begin) * pixel_stride_;
    offset += (end - begin) * offset_steps_[1];
    if (end < op_.tile_rows()) return;
    ++tile_count_;
    open_tile(tap_begin);
  }
}

// Pixels of another row than the tile's first ones.
void PhaseGemmTask::list_pixels(Tile* tile, int64_t input, int64_t offset, int end) const {
  for (int m = 0; tile->even && m < tile->rows; ++m) {
    tile->inputs[m] = input_steps_[m];
    tile->offsets[m] = offset_steps_[m];
  }
  tile->even = false;
  for (; tile->rows < end; ++tile->rows, input += pixel_stride_, offset += offset_steps_[1]) {
    tile->inputs[tile->rows] = input - tile->input;
    tile->offsets[tile->rows] = offset - tile->offset;
  }
}

int64_t PhaseGemmTask::src_offset(const Pixel& pixel) const {
  const int64_t row = (pixel.j[0] - window_begin_[0]) * window_[1] + pixel.j[1] - window_begin_[1];
  return (pixel.image - image_begin_) * image_stride_ + (row * window_[2] + pixel.j[2] - window_begin_[2]) * pixel_stride_;
}

// The taps that reach a patch: the product of those that reach its runs.
void PhaseGemmTask::list_taps(const Chunk& chunk, int64_t w, const Run (&runs)[3]) {
  const auto &d = op_.taps().axis(0, chunk.d), &h = op_.taps().axis(1, chunk.h), &v = op_.taps().axis(2, w);
  const int64_t first = op_.taps().begin(op_.taps().phase_index(chunk.d, chunk.h, w));
  for (int64_t td = runs[0].tap_begin; td < runs[0].tap_end; ++td) {
    for (int64_t th = runs[1].tap_begin; th < runs[1].tap_end; ++th) {
      for (int64_t tw = runs[2].tap_begin; tw < runs[2].tap_end; ++tw) {
        const int64_t tap = (td * static_cast<int64_t>(h.size()) + th) * static_cast<int64_t>(v.size()) + tw;
        const int64_t back = (d[td].shift * window_[1] + h[th].shift) * window_[2] + v[tw].shift;
        taps_[tap_count_++] = {first + tap, back * pixel_stride_};
      }
    }
  }
}

// In elements of dst, or of the block when rows are gathered first (there in units of one, scaled by the panel's lanes later).
int64_t PhaseGemmTask::dst_offset(const Chunk& chunk, int64_t w, const Pixel& pixel) const {
  if (plan_.gathers_dst_) {
    const int64_t rows_h = end(1, chunk.h) - begin(1, chunk.h), rows_d = end(0, chunk.d) - begin(0, chunk.d);
    const int64_t row =
        ((pixel.image - box_.batch_begin) * rows_d + pixel.j[0] - begin(0, chunk.d)) * rows_h + pixel.j[1] - begin(1, chunk.h);
    const int64_t phases = chunk.w_end - chunk.w_begin;
    return (row * (box_.end[2] - box_.begin[2]) + pixel.j[2] - box_.begin[2]) * phases + w - chunk.w_begin;
  }
  const Axes& extent = plan_.shape_.out;
  const int64_t row = (pixel.image * extent[0] + out(0, chunk.d, pixel.j[0])) * extent[1] + out(1, chunk.h, pixel.j[1]);
  return (row * extent[2] + out(2, w, pixel.j[2])) * params_.out_channels + group_ * params_.out_channels_per_group();
}

// Between neighbouring pixels of a phase.
int64_t PhaseGemmTask::dst_step(const Chunk& chunk) const {
  return plan_.gathers_dst_ ? chunk.w_end - chunk.w_begin : stride_[2] * params_.out_channels;
}

}  // namespace deconv
