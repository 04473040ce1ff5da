// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/task.h"

#include <algorithm>

#include "core/division.h"
#include "highway/cache_sets.h"

namespace deconv {
namespace {

// Tiles that use weights too seldom for slices to pay: memory delivers an unbroken stream faster (2048->2048 k3 on 6x2: 12.2 in
// slices, 11.3). Up to here their weights are not fetched ahead either: tiles of one pixel read a few taps each, and lines that nobody
// reads take the others' time (512->512 k4 s2 on 2x2: 0.95 -> 1.2 ms).
constexpr int64_t kFewTiles = 4;

}  // namespace

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
      block_(reinterpret_cast<float*>(workspace + plan.layout_.dst)),
      partial_(reinterpret_cast<float*>(workspace + plan.layout_.partial)),
      streams_dst_(plan.streams_dst_ && reinterpret_cast<uintptr_t>(args.dst) % kAlignment == 0) {}

void PhaseGemmTask::run(const PhaseGemmPlan::Share& share, bool gathered) {
  locate_src();
  if (plan_.gathers_src_ && !gathered) gather_src();
  const int64_t phases = plan_.blocking_.phases;
  bool src_is_new = true;
  const PhaseRanges(&ranges)[3] = plan_.ranges_;
  for (int64_t row = share.row_begin; row < share.row_end; ++row) {
    const int64_t d = row / stride_[1], h = row % stride_[1];
    const int64_t used = begin(0, d) < end(0, d) ? ranges[1].next(h) : stride_[1];
    if (used > h) {  // to that row, or to the next depth's first
      row += used - h - 1;
      continue;
    }
    if (begin(1, h) >= end(1, h)) continue;
    for (int64_t w = 0; w < stride_[2]; w += phases) {
      w = std::max(w, ranges[2].next(w) / phases * phases);
      if (w >= stride_[2]) break;
      const Chunk chunk{d, h, w, std::min(w + phases, stride_[2])};
      build_tiles(chunk);
      if (tile_count_ == 0) continue;
      for (int64_t panel = share.panel_begin; panel < share.panel_end; ++panel) {
        run_panel(chunk, op_.panels()[panel], src_is_new);
        src_is_new = false;
      }
    }
  }
  if (streams_dst_) op_.kernels().flush_streams();
}

// Spread over this box's tiles, because the lines of a tile at a time hold each other up: 128->64 k2 s2 on 184x240 28.3 -> 26.4 ms.
void PhaseGemmTask::prefetch_box(const PhaseGemmPlan::Box& next, const PhaseGemmPlan::Share& share) {
  const Axes& in = plan_.shape_.in;
  ahead_ = next;
  int64_t rows = next.batch_end - next.batch_begin;
  for (int a = 0; a < 3; ++a) {
    ahead_.end[a] = std::min(next.end[a], in[a]);
    if (ahead_.end[a] <= next.begin[a]) return;
    if (a < 2) rows *= ahead_.end[a] - next.begin[a];
  }
  ahead_rows_ = rows;
  row_lines_ = ceil_div((ahead_.end[2] - next.begin[2]) * params_.in_channels, kLineFloats);
  const int64_t pixels = box_.end[2] - box_.begin[2], tiles = ceil_div(rows * pixels, op_.tile_rows());
  const int64_t phases = (share.row_end - share.row_begin) * stride_[2], panels = share.panel_end - share.panel_begin;
  tile_lines_ = ceil_div(rows * row_lines_, tiles * phases * panels);
}

void PhaseGemmTask::fetch_ahead() {
  for (int64_t i = 0; i < tile_lines_; ++i, --ahead_lines_, ahead_src_ += kLineFloats) {
    if (ahead_lines_ == 0) start_row_ahead();
    __builtin_prefetch(ahead_src_, 0, 2);
  }
}

// The next row of the next box; after the last one, nothing more is fetched.
void PhaseGemmTask::start_row_ahead() {
  if (ahead_row_ == ahead_rows_) {
    tile_lines_ = 0;
    return;
  }
  const Axes& in = plan_.shape_.in;
  const int64_t height = ahead_.end[1] - ahead_.begin[1], depth = ahead_.end[0] - ahead_.begin[0];
  const int64_t image = ahead_.batch_begin + ahead_row_ / (height * depth), d = ahead_.begin[0] + ahead_row_ / height % depth;
  const int64_t pixel = ((image * in[0] + d) * in[1] + ahead_.begin[1] + ahead_row_ % height) * in[2] + ahead_.begin[2];
  ahead_src_ = static_cast<const float*>(args_.src) + pixel * params_.in_channels;
  ahead_lines_ = row_lines_;
  ++ahead_row_;
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
  pixel_stride_ = plan_.src_pitch_;
  image_stride_ = window_[0] * window_[1] * window_[2] * pixel_stride_;
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
  pack.pitch = pixel_stride_;
  for (int64_t image = box_.batch_begin; image < box_.batch_end; ++image) {
    const float* plane = static_cast<const float*>(args_.src) + (image * params_.in_channels + group_ * channels) * spatial;
    for (int64_t d = 0; d < (whole_planes ? 1 : window_[0]); ++d) {
      for (int64_t h = 0; h < (whole_rows ? 1 : window_[1]); ++h) {
        const int64_t row = (window_begin_[0] + d) * in[1] + window_begin_[1] + h;
        pack.src = plane + row * in[2] + window_begin_[2];
        op_.kernels().pack_pixels(pack);
        pack.dst += run * pixel_stride_;
      }
    }
  }
}

// What the tiles of a panel have in common. Gathered rows finish in the tile too unless a residual has to be added, which lies in dst's
// layout.
TileArgs PhaseGemmTask::panel_args(const Panel& panel) const {
  TileArgs args{};
  args.channels = args.tap_rows = params_.in_channels_per_group();
  args.src = src_;
  args.weights = op_.panel_weights(group_, panel);
  args.pitch = panel.pitch;
  args.scale = op_.vectors().scale(group_, panel);
  args.bias = op_.vectors().bias(group_, panel);
  args.slopes = op_.vectors().slopes(group_, panel);
  args.epilogue = &params_.epilogue;
  args.stream = streams_dst_;
  args.finish = !(plan_.gathers_dst_ && params_.epilogue.has_residual);
  args.dst = plan_.gathers_dst_ ? block_ : static_cast<float*>(args_.dst) + panel.channel;
  args.residual = plan_.gathers_dst_ || args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + panel.channel;
  args.columns = plan_.gathers_dst_ ? panel_lanes(panel) : panel.channels;
  return args;
}

// src_is_new: no panel has read the box's inputs yet.
void PhaseGemmTask::run_panel(const Chunk& chunk, const Panel& panel, bool src_is_new) {
  int64_t begin = 0;
  for (int64_t w = chunk.w_begin; w < chunk.w_end; ++w) {
    const int64_t end = phase_tiles_[w - chunk.w_begin], phase = op_.taps().phase_index(chunk.d, chunk.h, w);
    const SliceList slices(op_.taps().begin(phase), op_.taps().end(phase), params_.in_channels_per_group(), panel.pitch);
    const bool whole = end - begin < kFewTiles;
    if (whole) run_tiles(panel, begin, end, slices.whole(), src_is_new);
    for (int64_t i = 0; !whole && i < slices.count(); ++i) run_tiles(panel, begin, end, slices[i], src_is_new);
    begin = end;
  }
  if (plan_.gathers_dst_) store_chunk(chunk, panel);
}

void PhaseGemmTask::run_tiles(const Panel& panel, int64_t begin, int64_t end, const Slice& slice, bool src_is_new) {
  const int64_t lanes = panel_lanes(panel);
  TileArgs args = panel_args(panel);
  args.src += slice.channel_begin;
  args.weights += slice.channel_begin * panel.pitch;
  args.channels = slice.channel_end - slice.channel_begin;
  // A line of each row for every tile, so that the next slice is in L2 when it begins; packed weights are in this order.
  const bool prefetches = plan_.prefetches_weights_ && end - begin > kFewTiles;
  const int64_t ahead = (slice.tap_end - slice.tap_begin) * args.channels * panel.pitch;
  float* const dst = args.dst;
  const float* const residual = args.residual;
  const int64_t unit = plan_.gathers_dst_ ? lanes : 1;
  int64_t steps[kMaxTileRows], offsets[kMaxTileRows];
  for (int m = 0; plan_.gathers_dst_ && m < kMaxTileRows; ++m) steps[m] = offset_steps_[m] * unit;
  for (int64_t i = begin; i < end; ++i) {
    const Tile& tile = tiles_[i];
    args.taps = taps_ + tile.tap_begin;
    args.tap_count = tile.tap_count;
    if (!slice.whole && !take_slice(tile, slice, &args)) continue;
    args.partial = partial_ + (i - begin) * kMaxTileRows * lanes;
    if (prefetches) args.ahead = ahead + (i - begin) % panel.vectors * kLineFloats;
    args.input = tile.input;
    args.inputs = tile.even ? input_steps_ : tile.inputs;
    args.dst = dst + tile.offset * unit;
    args.residual = residual == nullptr ? nullptr : residual + tile.offset * unit;
    args.offsets = !tile.even ? offsets : plan_.gathers_dst_ ? steps : offset_steps_;
    for (int m = 0; !tile.even && m < tile.rows; ++m) offsets[m] = tile.offsets[m] * unit;
    prefetch_tile(i + 1 < end && tiles_[i + 1].rows >= tile.rows ? &tiles_[i + 1] : nullptr, src_is_new, dst, &args);
    fetch_ahead();
    op_.tile(panel, tile.rows, args);
  }
}

void PhaseGemmTask::prefetch_tile(const Tile* next, bool src_is_new, float* dst, TileArgs* args) const {
  args->next_inputs = args->next_offsets = nullptr;
  if (next == nullptr) return;
  if (src_is_new && plan_.prefetches_src_) {
    args->next_input = next->input;
    args->next_inputs = next->even ? input_steps_ : next->inputs;
  }
  if (args->pause || plan_.gathers_dst_ || streams_dst_) return;
  args->next_dst = dst + next->offset;
  args->next_offsets = next->even ? offset_steps_ : next->offsets;
}

// Narrows a tile's taps to those of a slice and says whether others come before and after; false: it has none there.
bool PhaseGemmTask::take_slice(const Tile& tile, const Slice& slice, TileArgs* args) const {
  const TileTap *begin = args->taps, *end = begin + tile.tap_count;
  args->resume = args->pause = false;
  if (begin == end) return slice.first;
  const TileTap *first = begin, *last = end;
  while (first < last && first->weights < slice.tap_begin) ++first;
  while (first < last && last[-1].weights >= slice.tap_end) --last;
  args->taps = first;
  args->tap_count = last - first;
  args->resume = begin < first || slice.channel_begin > 0;
  args->pause = last < end || slice.channel_end < params_.in_channels_per_group();
  return first < last;
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
  const int64_t lanes = panel_lanes(panel), spatial = plan_.shape_.out_spatial();
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
  store.slopes = op_.vectors().slopes(group_, panel);
  store.epilogue = &params_.epilogue;
  op_.kernels().store_rows(store);
}

}  // namespace deconv
