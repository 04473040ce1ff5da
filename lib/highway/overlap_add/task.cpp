// SPDX-License-Identifier: Apache-2.0
#include "highway/overlap_add/task.h"

#include <algorithm>

#include "core/division.h"

namespace deconv {

OverlapAddTask::OverlapAddTask(const OverlapAddPlan& plan, const RunArguments& args, char* workspace, int64_t index)
    : plan_(plan),
      op_(plan.op_),
      params_(plan.op_.params()),
      args_(args),
      sums_(reinterpret_cast<float*>(workspace)),
      columns_(reinterpret_cast<float*>(workspace + plan.sums_bytes_)),
      gathered_src_(reinterpret_cast<float*>(workspace + plan.sums_bytes_ + plan.columns_bytes_)) {
  for (int a = 2; a >= 0; --a) {
    begin_[a] = index % plan.pieces_[a] * plan.extent_[a];
    end_[a] = std::min(plan.shape_.out[a], begin_[a] + plan.extent_[a]);
    index /= plan.pieces_[a];
  }
  group_ = index % params_.groups;
  image_ = index / params_.groups;
  // Taps of the first input may start before the box; a box that no input reaches starts at its own edge.
  origin_ = std::max(begin_[2] - plan.margin(), std::min(begin_[2], first_out(2, inputs(2).begin)));
}

OverlapAddTask::Range OverlapAddTask::inputs(int a) const {
  const int64_t stride = params_.stride[a], pad = plan_.shape_.padding.begin[a];
  const int64_t last_tap = params_.dilation[a] * (params_.kernel[a] - 1);
  const int64_t begin = std::max<int64_t>(0, ceil_div(begin_[a] + pad - last_tap, stride));
  return {begin, std::min(plan_.shape_.in[a], floor_div(end_[a] - 1 + pad, stride) + 1)};
}

OverlapAddTask::Range OverlapAddTask::taps(int a, int64_t first, int64_t last) const {
  const int64_t dilation = params_.dilation[a];
  return {std::max<int64_t>(0, ceil_div(begin_[a] - first_out(a, last), dilation)),
          std::min(params_.kernel[a], floor_div(end_[a] - 1 - first_out(a, first), dilation) + 1)};
}

void OverlapAddTask::run() {
  std::fill_n(sums_, plan_.ring_ * plan_.extent_[1] * plan_.row_floats_, 0.0f);
  int64_t finished = begin_[0];
  const Range slabs = inputs(0);
  for (int64_t slab = slabs.begin; slab < slabs.end; ++slab) {
    // Later inputs start later: what lies before this one's first tap is complete.
    for (; finished < std::min(end_[0], first_out(0, slab)); ++finished) finish_slab(finished);
    add_slab(slab);
  }
  for (; finished < end_[0]; ++finished) finish_slab(finished);
}

void OverlapAddTask::add_slab(int64_t slab) {
  const Range rows = inputs(1), pixels = inputs(2);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    for (int64_t pixel = pixels.begin; pixel < pixels.end; pixel += plan_.block_pixels_) {
      add_block(slab, row, pixel, std::min(plan_.block_pixels_, pixels.end - pixel));
    }
  }
}

// Of the pixels' columns only what reaches the box is made and added: pads may leave one output of a million taps.
void OverlapAddTask::add_block(int64_t slab, int64_t row, int64_t pixel, int64_t pixels) {
  const Range slab_taps = taps(0, slab, slab), row_taps = taps(1, row, row), pixel_taps = taps(2, pixel, pixel + pixels - 1);
  if (slab_taps.begin >= slab_taps.end || row_taps.begin >= row_taps.end || pixel_taps.begin >= pixel_taps.end) return;
  const int64_t channels = params_.out_channels_per_group();
  const auto column = [&](int64_t slab_tap, int64_t row_tap, int64_t pixel_tap) {
    return ((slab_tap * params_.kernel[1] + row_tap) * params_.kernel[2] + pixel_tap) * channels;
  };
  int64_t stride = 0;
  const float* src = block_src(slab, row, pixel, pixels, &stride);
  make_columns(src, stride, pixels,
               {column(slab_taps.begin, row_taps.begin, pixel_taps.begin), column(slab_taps.end - 1, row_taps.end - 1, pixel_taps.end)});
  const int64_t first = (first_out(2, pixel) + pixel_taps.begin * params_.dilation[2] - origin_) * channels;
  const int64_t length = (pixel_taps.end - pixel_taps.begin) * channels;
  AddColumnsArgs add{0, {}, {}, op_.column_floats(), pixels, length, params_.stride[2] * channels};
  for (int64_t slab_tap = slab_taps.begin; slab_tap < slab_taps.end; ++slab_tap) {
    const int64_t out_slab = first_out(0, slab) + slab_tap * params_.dilation[0];
    for (int64_t row_tap = row_taps.begin; row_tap < row_taps.end; ++row_tap) {
      const int64_t out_row = first_out(1, row) + row_tap * params_.dilation[1];
      add.columns[add.rows] = columns_ + column(slab_tap, row_tap, pixel_taps.begin);
      add.sums[add.rows++] = sums_row(out_slab, out_row) + first;
      if (add.rows == kMostSumRows) add_rows(&add);
    }
  }
  if (add.rows > 0) add_rows(&add);
}

// Adds to the rows that have been gathered and starts over.
void OverlapAddTask::add_rows(AddColumnsArgs* add) {
  const int64_t channels = params_.out_channels_per_group();
  if (params_.dilation[2] == 1) {
    op_.kernels().add_columns(*add);
  } else {
    for (int row = 0; row < add->rows; ++row) {
      op_.kernels().add_dilated({add->columns[row], add->pitch, add->pixels, add->length / channels, channels,
                                 params_.dilation[2] * channels, add->step, add->sums[row]});
    }
  }
  add->rows = 0;
}

// The block's pixels with their channels contiguous; *stride is the distance between pixels.
const float* OverlapAddTask::block_src(int64_t slab, int64_t row, int64_t pixel, int64_t pixels, int64_t* stride) {
  const Axes& in = plan_.shape_.in;
  const auto* src = static_cast<const float*>(args_.src);
  const int64_t channels = params_.in_channels_per_group(), spatial = plan_.shape_.in_spatial();
  const int64_t at = (slab * in[1] + row) * in[2] + pixel;
  if (params_.src_layout == DECONV_CHANNELS_LAST) {
    *stride = params_.in_channels;
    return src + (image_ * spatial + at) * params_.in_channels + group_ * channels;
  }
  const float* plane = src + (image_ * params_.in_channels + group_ * channels) * spatial + at;
  if (!plan_.gathers_src_) {
    *stride = 1;
    return plane;
  }
  op_.tiles().pack_pixels({plane, spatial, pixels, channels, gathered_src_, channels});
  *stride = channels;
  return gathered_src_;
}

// The panels that hold `wanted` columns.
void OverlapAddTask::make_columns(const float* src, int64_t stride, int64_t pixels, const Range& wanted) {
  const TileTap tap{0, 0};
  int64_t offsets[kMaxTileRows], inputs[kMaxTileRows];
  for (int m = 0; m < kMaxTileRows; ++m) {
    offsets[m] = m * op_.column_floats();
    inputs[m] = m * stride;
  }
  TileArgs args{};
  args.taps = &tap;
  args.tap_count = 1;
  args.channels = args.tap_rows = params_.in_channels_per_group();
  args.epilogue = &params_.epilogue;
  args.finish = false;
  args.offsets = offsets;
  args.inputs = inputs;
  for (const Panel& panel : op_.panels()) {
    if (panel.channel >= wanted.end || panel.channel + panel.channels <= wanted.begin) continue;
    args.weights = op_.panel_weights(group_, panel);
    args.pitch = panel.pitch;
    const int most_rows = op_.tiles().most_rows(panel.vectors);
    args.columns = static_cast<int64_t>(panel.vectors) * op_.tiles().lanes;
    for (int64_t pixel = 0; pixel < pixels; pixel += most_rows) {
      const int rows = static_cast<int>(std::min<int64_t>(most_rows, pixels - pixel));
      args.src = src + pixel * stride;
      args.dst = columns_ + pixel * op_.column_floats() + panel.lane;
      op_.tiles().gemm_tile(rows, panel.vectors, args);
    }
  }
}

void OverlapAddTask::finish_slab(int64_t out_slab) {
  for (int64_t row = begin_[1]; row < end_[1]; ++row) {
    float* sums = sums_row(out_slab, row);
    finish_row(sums, out_slab, row);
    std::fill_n(sums, plan_.row_floats_, 0.0f);
  }
}

void OverlapAddTask::finish_row(float* sums, int64_t out_slab, int64_t out_row) {
  const Axes& out = plan_.shape_.out;
  const int64_t channels = params_.out_channels_per_group(), spatial = plan_.shape_.out_spatial();
  const int64_t position = (out_slab * out[1] + out_row) * out[2] + begin_[2];
  const bool last = params_.dst_layout == DECONV_CHANNELS_LAST;
  const int64_t at = last ? (image_ * spatial + position) * params_.out_channels + group_ * channels
                          : (image_ * params_.out_channels + group_ * channels) * spatial + position;
  auto* dst = static_cast<float*>(args_.dst) + at;
  const float* residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + at;
  FinishArgs finish{sums + (begin_[2] - origin_) * channels,
                    dst,
                    residual,
                    end_[2] - begin_[2],
                    channels,
                    last ? params_.out_channels : 1,
                    op_.scale(group_),
                    op_.bias(group_),
                    op_.slopes(group_),
                    &params_.epilogue,
                    true};
  if (!plan_.splits_dst_) return op_.kernels().finish(finish);
  // Scale and bias where channels are still neighbours, then the split; a residual, which lies as dst does, is added after it.
  auto* pixels = sums + (begin_[2] - origin_) * channels;
  finish.dst = pixels;
  finish.dst_step = channels;
  finish.residual = nullptr;
  finish.activate = residual == nullptr;
  op_.kernels().finish(finish);
  if (residual == nullptr && op_.kernels().split_channels(pixels, finish.pixels, channels, dst, spatial)) return;
  op_.tiles().store_rows({pixels, channels, finish.pixels, channels, dst, residual, spatial, op_.slopes(group_), &params_.epilogue});
}

}  // namespace deconv
