// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/task.h"

#include <algorithm>

namespace deconv {

PhaseGemmTask::PhaseGemmTask(const PhaseGemmPlan& plan, const RunArguments& args, char* workspace, int64_t group,
                             const PhaseGemmPlan::Box& box)
    : plan_(plan),
      op_(plan.op_),
      params_(plan.op_.params()),
      args_(args),
      stride_(params_.stride),
      group_(group),
      box_(box),
      taps_(reinterpret_cast<TileTap*>(workspace + plan.layout_.taps)),
      tiles_(reinterpret_cast<Tile*>(workspace + plan.layout_.tiles)),
      gathered_src_(reinterpret_cast<float*>(workspace + plan.layout_.src)),
      block_(reinterpret_cast<float*>(workspace + plan.layout_.dst)) {}

void PhaseGemmTask::run(int64_t panel_begin, int64_t panel_end) {
  locate_src();
  if (plan_.gathers_src_) gather_src();
  const int64_t phases = plan_.blocking_.phases;
  for (int64_t d = 0; d < stride_[0]; ++d) {
    for (int64_t h = 0; h < stride_[1]; ++h) {
      for (int64_t w = 0; w < stride_[2]; w += phases) {
        const Chunk chunk{d, h, w, std::min(w + phases, stride_[2])};
        build_tiles(chunk);
        if (tile_count_ == 0) continue;
        for (int64_t panel = panel_begin; panel < panel_end; ++panel) run_panel(chunk, op_.panels()[panel]);
      }
    }
  }
}

// Where the inputs of the box are: in the caller's tensor, or in the window that gather_src fills.
void PhaseGemmTask::locate_src() {
  const Axes& in = plan_.shape_.in;
  const auto* src = static_cast<const float*>(args_.src);
  const int64_t channels = params_.in_channels_per_group(), spatial = plan_.shape_.in_spatial();
  image_stride_ = params_.in_channels * spatial;
  if (!plan_.gathers_src_) {
    window_ = in;
    const bool last = params_.src_layout == DECONV_CHANNELS_LAST;
    pixel_stride_ = last ? params_.in_channels : 1;
    src_ = src + group_ * channels * (last ? 1 : spatial);
    return;
  }
  for (int a = 0; a < 3; ++a) {
    window_begin_[a] = std::min(in[a], std::max<int64_t>(0, box_.begin[a] - op_.taps().max_shift()[a]));
    window_[a] = std::max<int64_t>(0, std::min(in[a], box_.end[a]) - window_begin_[a]);
  }
  image_begin_ = box_.batch_begin;
  pixel_stride_ = channels;
  image_stride_ = window_[0] * window_[1] * window_[2] * channels;
  src_ = gathered_src_;
}

void PhaseGemmTask::gather_src() {
  const Axes& in = plan_.shape_.in;
  const int64_t spatial = plan_.shape_.in_spatial(), channels = params_.in_channels_per_group();
  // Rows that follow each other in memory are one run.
  const bool whole_rows = window_[2] == in[2], whole_planes = whole_rows && window_[1] == in[1];
  const int64_t run = whole_planes ? window_[0] * window_[1] * window_[2] : whole_rows ? window_[1] * window_[2] : window_[2];
  if (run == 0) return;
  PackPixelsArgs pack;
  pack.channel_stride = spatial;
  pack.pixels = run;
  pack.channels = channels;
  pack.dst = gathered_src_;
  pack.pitch = channels;
  for (int64_t image = box_.batch_begin; image < box_.batch_end; ++image) {
    const float* plane = static_cast<const float*>(args_.src) + (image * params_.in_channels + group_ * channels) * spatial;
    for (int64_t d = 0; d < (whole_planes ? 1 : window_[0]); ++d) {
      for (int64_t h = 0; h < (whole_rows ? 1 : window_[1]); ++h) {
        const int64_t row = (window_begin_[0] + d) * in[1] + window_begin_[1] + h;
        pack.src = plane + row * in[2] + window_begin_[2];
        op_.kernels().pack_pixels(pack);
        pack.dst += run * channels;
      }
    }
  }
}

void PhaseGemmTask::build_tiles(const Chunk& chunk) {
  tap_count_ = tile_count_ = 0;
  for (int64_t w = chunk.w_begin; w < chunk.w_end; ++w) build_phase(chunk, w);
}

// Cuts the pixels of one phase, rows and images merged, into tiles.
void PhaseGemmTask::build_phase(const Chunk& chunk, int64_t w) {
  const Axes residue{chunk.d, chunk.h, w};
  const int64_t phase = op_.taps().phase_index(chunk.d, chunk.h, w);
  const int most_rows = op_.tile_rows();
  Pixel pixels[kMaxTileRows];
  Tile* tile = tiles_ + tile_count_;
  tile->rows = 0;
  for (int64_t image = box_.batch_begin; image < box_.batch_end; ++image) {
    for (int64_t d = begin(0, residue[0]); d < end(0, residue[0]); ++d) {
      for (int64_t h = begin(1, residue[1]); h < end(1, residue[1]); ++h) {
        for (int64_t j = begin(2, residue[2]); j < end(2, residue[2]); ++j) {
          const Pixel pixel{image, {d, h, j}};
          tile->offsets[tile->rows] = dst_offset(chunk, w, pixel);
          pixels[tile->rows++] = pixel;
          if (tile->rows < most_rows) continue;
          close_tile(phase, pixels, tile);
          tile = tiles_ + ++tile_count_;
          tile->rows = 0;
        }
      }
    }
  }
  if (tile->rows > 0) {
    close_tile(phase, pixels, tile);
    ++tile_count_;
  }
}

// Finds the inputs of every tap; taps that no pixel of the tile reaches are left out.
void PhaseGemmTask::close_tile(int64_t phase, const Pixel* pixels, Tile* tile) {
  tile->tap_begin = tap_count_;
  const Pixel &first = pixels[0], &last = pixels[tile->rows - 1];
  const bool one_row = first.image == last.image && first.j[0] == last.j[0] && first.j[1] == last.j[1];
  for (int64_t t = op_.taps().begin(phase); t < op_.taps().end(phase); ++t) {
    TileTap& tap = taps_[tap_count_];
    tap.weights = t;
    tap_count_ +=
        one_row ? find_row(op_.taps()[t].shift, first, tile->rows, &tap) : find_pixels(op_.taps()[t].shift, pixels, tile->rows, &tap);
  }
  tile->tap_count = tap_count_ - tile->tap_begin;
}

bool PhaseGemmTask::inside(int a, int64_t position) const {
  return static_cast<uint64_t>(position - window_begin_[a]) < static_cast<uint64_t>(window_[a]);
}

const float* PhaseGemmTask::input(const Pixel& pixel, const Axes& shift) const {
  const int64_t d = pixel.j[0] - shift[0] - window_begin_[0], h = pixel.j[1] - shift[1] - window_begin_[1];
  const int64_t w = pixel.j[2] - shift[2] - window_begin_[2];
  return src_ + (pixel.image - image_begin_) * image_stride_ + ((d * window_[1] + h) * window_[2] + w) * pixel_stride_;
}

// The inputs of neighbouring pixels of one row. Most tiles are of this kind, and where channels are few, finding inputs one by one takes
// longer than multiplying them. Returns whether any pixel is inside src.
bool PhaseGemmTask::find_row(const Axes& shift, const Pixel& first, int rows, TileTap* tap) const {
  if (!inside(0, first.j[0] - shift[0]) || !inside(1, first.j[1] - shift[1])) return false;
  const int64_t w = first.j[2] - shift[2] - window_begin_[2];
  if (w >= 0 && w + rows <= window_[2]) {
    const float* row = input(first, shift);
    for (int m = 0; m < rows; ++m) tap->rows[m] = row + m * pixel_stride_;
    return true;
  }
  const int64_t begin = std::max<int64_t>(0, -w), end = std::min<int64_t>(rows, window_[2] - w);
  for (int m = 0; m < rows; ++m) {
    tap->rows[m] = m >= begin && m < end ? input({first.image, {first.j[0], first.j[1], first.j[2] + m}}, shift) : op_.zero_pixel();
  }
  return begin < end;
}

// The same where the tile's pixels come from several rows or images.
bool PhaseGemmTask::find_pixels(const Axes& shift, const Pixel* pixels, int rows, TileTap* tap) const {
  bool reached = false;
  for (int m = 0; m < rows; ++m) {
    const Axes& j = pixels[m].j;
    const bool found = inside(0, j[0] - shift[0]) && inside(1, j[1] - shift[1]) && inside(2, j[2] - shift[2]);
    tap->rows[m] = found ? input(pixels[m], shift) : op_.zero_pixel();
    reached |= found;
  }
  return reached;
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

void PhaseGemmTask::run_panel(const Chunk& chunk, const Panel& panel) {
  const int64_t lanes = static_cast<int64_t>(panel.vectors) * op_.kernels().lanes;
  TileArgs args;
  args.channels = params_.in_channels_per_group();
  args.weights = op_.panel_weights(group_, panel);
  args.scale = op_.scale(group_, panel);
  args.bias = op_.bias(group_, panel);
  args.slopes = op_.slopes(group_, panel);
  args.epilogue = &params_.epilogue;
  // Gathered rows finish here too unless a residual has to be added, which lies in dst's layout.
  args.finish = !(plan_.gathers_dst_ && params_.epilogue.has_residual);
  args.dst = plan_.gathers_dst_ ? block_ : static_cast<float*>(args_.dst) + panel.channel;
  args.residual = plan_.gathers_dst_ || args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + panel.channel;
  args.columns = plan_.gathers_dst_ ? lanes : panel.channels;
  int64_t offsets[kMaxTileRows];
  for (int64_t i = 0; i < tile_count_; ++i) {
    const Tile& tile = tiles_[i];
    args.taps = taps_ + tile.tap_begin;
    args.tap_count = tile.tap_count;
    args.offsets = tile.offsets;
    if (plan_.gathers_dst_) {
      for (int m = 0; m < tile.rows; ++m) offsets[m] = tile.offsets[m] * lanes;
      args.offsets = offsets;
    }
    op_.tile(panel, tile.rows, args);
  }
  if (plan_.gathers_dst_) store_chunk(chunk, panel);
}

// Turns the block's rows, [position][lane], into runs of channels-first dst. A chunk of all phases makes whole rows of outputs
// contiguous; a part of the phases makes one short run for each pixel.
void PhaseGemmTask::store_chunk(const Chunk& chunk, const Panel& panel) {
  const int64_t phases = chunk.w_end - chunk.w_begin, positions = (box_.end[2] - box_.begin[2]) * phases;
  const int64_t run = phases == stride_[2] ? positions : phases;
  int64_t block_row = 0;
  for (int64_t image = box_.batch_begin; image < box_.batch_end; ++image) {
    for (int64_t d = begin(0, chunk.d); d < end(0, chunk.d); ++d) {
      for (int64_t h = begin(1, chunk.h); h < end(1, chunk.h); ++h, ++block_row) {
        for (int64_t position = 0; position < positions; position += run) {
          store_run(chunk, panel, {image, {d, h, box_.begin[2] + position / phases}}, block_row * positions, position, run);
        }
      }
    }
  }
}

// One run of outputs that starts at pixel row.j of the chunk's first phase; clipped to dst.
void PhaseGemmTask::store_run(const Chunk& chunk, const Panel& panel, const Pixel& row, int64_t block_row, int64_t position,
                              int64_t pixels) {
  const Axes& extent = plan_.shape_.out;
  const int64_t first = out(2, chunk.w_begin, row.j[2]);
  const int64_t begin = std::max<int64_t>(0, first), end = std::min(extent[2], first + pixels);
  if (begin >= end) return;
  const int64_t lanes = static_cast<int64_t>(panel.vectors) * op_.kernels().lanes, spatial = plan_.shape_.out_spatial();
  const int64_t channel = group_ * params_.out_channels_per_group() + panel.channel;
  const int64_t at = (row.image * params_.out_channels + channel) * spatial +
                     (out(0, chunk.d, row.j[0]) * extent[1] + out(1, chunk.h, row.j[1])) * extent[2] + begin;
  StoreRowsArgs store;
  store.block = block_ + (block_row + position + begin - first) * lanes;
  store.pitch = lanes;
  store.pixels = end - begin;
  store.channels = panel.channels;
  store.dst = static_cast<float*>(args_.dst) + at;
  store.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + at;
  store.channel_stride = spatial;
  store.slopes = op_.slopes(group_, panel);
  store.epilogue = &params_.epilogue;
  op_.kernels().store_rows(store);
}

}  // namespace deconv
