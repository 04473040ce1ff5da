// SPDX-License-Identifier: Apache-2.0
#include "highway/depthwise/task.h"

#include <algorithm>

#include "core/division.h"

namespace deconv {
namespace {

// Outputs written before the next phase's turn: half of a 32 KiB L1, so that lines which two vectors share are still there.
constexpr int64_t kSegmentFloats = 16384;

}  // namespace

DepthwiseTask::DepthwiseTask(const DepthwisePlan& plan, const RunArguments& args, char* workspace, int64_t index)
    : plan_(plan),
      op_(plan.op_),
      params_(plan.op_.params()),
      args_(args),
      row_taps_(reinterpret_cast<DepthwiseTap*>(workspace)),
      taps_(reinterpret_cast<DepthwiseTap*>(workspace + plan.rows_bytes_)),
      tap_src_(reinterpret_cast<const float**>(workspace + plan.rows_bytes_)),
      tap_weights_(tap_src_ + plan.most_taps_),
      window_(reinterpret_cast<float*>(workspace + plan.rows_bytes_ + plan.taps_bytes_)),
      src_extent_(plan.shape_.in) {
  for (int a = 2; a >= 0; --a) {
    begin_[a] = index % plan.pieces_[a] * plan.extent_[a];
    end_[a] = std::min(plan.shape_.out[a], begin_[a] + plan.extent_[a]);
    index /= plan.pieces_[a];
  }
  unit_begin_ = index % plan.unit_pieces_ * plan.units_;
  unit_end_ = std::min(op_.units(), unit_begin_ + plan.units_);
  image_ = index / plan.unit_pieces_;
}

void DepthwiseTask::run() {
  if (plan_.gathers_) gather_window();
  for (int64_t d = begin_[0]; d < end_[0]; ++d) {
    for (int64_t h = begin_[1]; h < end_[1]; ++h) {
      find_rows(d, h);
      if (plan_.lanes_ == DepthwisePlan::Lanes::kPixels) {
        pixels_row(d, h);
      } else {
        for (int64_t unit = unit_begin_; unit < unit_end_; ++unit) steps_row(unit, d, h);
      }
    }
  }
  if (plan_.stream_) op_.kernels().end_stream();
}

DepthwiseTask::Inputs DepthwiseTask::inputs(int a) const {
  const TapAxis& axis = plan_.axes_[a];
  const int64_t pad = plan_.shape_.padding.begin[a];
  const int64_t begin = std::max<int64_t>(0, ceil_div(begin_[a] + pad - axis.dilation * (axis.kernel - 1), axis.stride));
  return {begin, std::max(begin, std::min(plan_.shape_.in[a], floor_div(end_[a] - 1 + pad, axis.stride) + 1))};
}

void DepthwiseTask::gather_window() {
  for (int a = 0; a < 3; ++a) {
    const Inputs range = inputs(a);
    window_begin_[a] = range.begin;
    src_extent_[a] = range.end - range.begin;
  }
  const Axes& in = plan_.shape_.in;
  const bool last = params_.src_layout == DECONV_CHANNELS_LAST;
  const int64_t spatial = plan_.shape_.in_spatial(), multiplier = params_.out_channels_per_group();
  const int64_t pixel_stride = last ? params_.in_channels : 1, channel_stride = last ? 1 : spatial;
  const float* image = static_cast<const float*>(args_.src) + image_ * params_.in_channels * spatial;
  image += unit_begin_ * op_.channels() / multiplier * channel_stride;
  for (int64_t d = 0; d < src_extent_[0]; ++d) {
    for (int64_t h = 0; h < src_extent_[1]; ++h) {
      const int64_t at = ((window_begin_[0] + d) * in[1] + window_begin_[1] + h) * in[2] + window_begin_[2];
      float* to = window_ + (d * src_extent_[1] + h) * src_extent_[2] * plan_.pitch_;
      op_.kernels().gather(
          {image + at * pixel_stride, pixel_stride, channel_stride, op_.channels(), multiplier, src_extent_[2], to, plan_.pitch_});
    }
  }
}

const float* DepthwiseTask::src(int64_t unit) const {
  if (plan_.gathers_) return window_;
  const int64_t channel = unit * op_.channels() / params_.out_channels_per_group();
  return static_cast<const float*>(args_.src) + (image_ * params_.in_channels + channel) * plan_.shape_.in_spatial();
}

int64_t DepthwiseTask::dst_offset(int64_t unit, int64_t d, int64_t h) const {
  const Axes& out = plan_.shape_.out;
  const int64_t row = (d * out[1] + h) * out[2];
  return ((image_ * op_.units() + unit) * plan_.shape_.out_spatial() + row) * op_.channels();
}

DepthwiseFinish DepthwiseTask::finish(int64_t unit) const { return {op_.scale(unit), op_.bias(unit), op_.slopes(unit), &params_.epilogue}; }

void DepthwiseTask::find_rows(int64_t d, int64_t h) {
  ResidueTaps reach[2];
  Axes pixel{};
  for (int a = 0; a < 2; ++a) {
    const int64_t position = (a == 0 ? d : h) + plan_.shape_.padding.begin[a];
    int64_t change = 0;
    pixel[a] = position / params_.stride[a];
    reach[a] =
        reaching_taps(plan_.axes_[a], plan_.axes_[a].residue(position % params_.stride[a]), plan_.shape_.in[a], pixel[a], 0, &change);
  }
  row_tap_count_ = 0;
  for (int64_t i = 0; i < reach[0].count; ++i) {
    for (int64_t k = 0; k < reach[1].count; ++k) {
      const int64_t in_d = pixel[0] - reach[0].shift - i * plan_.axes_[0].shift_step - window_begin_[0];
      const int64_t in_h = pixel[1] - reach[1].shift - k * plan_.axes_[1].shift_step - window_begin_[1];
      const int64_t tap_d = reach[0].tap + i * plan_.axes_[0].tap_step, tap_h = reach[1].tap + k * plan_.axes_[1].tap_step;
      row_taps_[row_tap_count_++] = {((in_d * src_extent_[1] + in_h) * src_extent_[2] - window_begin_[2]) * plan_.pitch_,
                                     (tap_d * params_.kernel[1] + tap_h) * params_.kernel[2]};
    }
  }
}

// Lanes over pixels: the taps found for a run serve the row of every unit.
void DepthwiseTask::pixels_row(int64_t d, int64_t h) {
  const int64_t stride = params_.stride[2], pad = plan_.shape_.padding.begin[2];
  const TapAxis& axis = plan_.axes_[2];
  DepthwiseRowArgs row{};
  row.stride = static_cast<int>(stride);
  row.pad = pad;
  row.out_begin = begin_[2];
  row.out_end = end_[2];
  for (const PhasesRun& run : plan_.phases_runs_) {
    row.begin = std::max(run.begin, floor_div(begin_[2] + pad, stride));
    row.end = std::min(run.end, floor_div(end_[2] - 1 + pad, stride) + 1);
    if (row.begin >= row.end) continue;
    for (int64_t p = 0; p < stride; ++p) {
      DepthwiseTap* taps = taps_ + p * plan_.most_taps_;
      row.taps[p] = taps;
      for (int64_t r = 0; r < row_tap_count_; ++r) {
        for (int64_t n = 0; n < run.taps[p].count; ++n) {
          *taps++ = {row_taps_[r].src - run.taps[p].shift - n * axis.shift_step, row_taps_[r].weight + run.taps[p].tap + n * axis.tap_step};
        }
      }
      row.tap_count[p] = taps - row.taps[p];
    }
    for (int64_t unit = unit_begin_; unit < unit_end_; ++unit) {
      const int64_t at = dst_offset(unit, d, h);
      row.src = src(unit);
      row.weights = op_.weights(unit);
      row.dst = static_cast<float*>(args_.dst) + at;
      row.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + at;
      row.finish = finish(unit);
      op_.kernels().row(row);
    }
  }
}

void DepthwiseTask::steps_row(int64_t unit, int64_t d, int64_t h) {
  const int64_t stride = params_.stride[2], pad = plan_.shape_.padding.begin[2], at = dst_offset(unit, d, h);
  const float* base = src(unit);
  DepthwiseStepsArgs args{};
  args.pitch = plan_.pitch_;
  args.channels = op_.channels();
  args.step = stride * op_.channels();
  args.dst = static_cast<float*>(args_.dst) + at;
  args.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + at;
  args.finish = finish(unit);
  args.stream = plan_.stream_;
  args.src = &base;
  const float* weights = op_.weights(unit);
  args.weights = &weights;
  const int64_t segment = std::max<int64_t>(1, kSegmentFloats / args.step);
  const int64_t last = floor_div(end_[2] - 1 + pad, stride) + 1;
  for (int64_t j = floor_div(begin_[2] + pad, stride); j < last; j += segment) {
    for (const TapRun& run : plan_.runs_) clip_run(run, std::max(j, run.begin), std::min({j + segment, last, run.end}), &args);
  }
}

// The task's outputs may begin and end inside a step.
void DepthwiseTask::clip_run(const TapRun& run, int64_t begin, int64_t end, DepthwiseStepsArgs* args) {
  const int64_t stride = params_.stride[2], pad = plan_.shape_.padding.begin[2];
  const int64_t whole_begin = ceil_div(begin_[2] + pad - run.residue_begin, stride);
  const int64_t whole_end = floor_div(end_[2] - 1 + pad - (run.residue_end - 1), stride) + 1;
  const auto part = [&](int64_t j) {
    if (j < begin || j >= end) return;
    const int64_t residue_begin = std::max(run.residue_begin, begin_[2] + pad - j * stride);
    const int64_t residue_end = std::min(run.residue_end, end_[2] + pad - j * stride);
    if (residue_begin < residue_end) steps(run, j, j + 1, residue_begin, residue_end, *args);
  };
  const int64_t first = std::max(begin, whole_begin), last = std::min(end, whole_end);
  const int64_t box_first = floor_div(begin_[2] + pad, stride), box_last = floor_div(end_[2] - 1 + pad, stride);
  if (box_first < whole_begin || box_first >= whole_end) part(box_first);
  if (first < last) steps(run, first, last, run.residue_begin, run.residue_end, *args);
  if (box_last != box_first && (box_last < whole_begin || box_last >= whole_end)) part(box_last);
}

void DepthwiseTask::steps(const TapRun& run, int64_t begin, int64_t end, int64_t residue_begin, int64_t residue_end,
                          DepthwiseStepsArgs args) {
  const TapAxis& axis = plan_.axes_[2];
  const float *src = args.src[0], *weights = args.weights[0];
  const int64_t first_tap = run.taps.tap + residue_begin - run.residue_begin;
  // Columns that read neighbouring pixels are counted by the kernel; others are rows to it.
  args.columns = axis.shift_step == 1 ? run.taps.count : std::min<int64_t>(1, run.taps.count);
  args.column_weights = axis.tap_step * args.channels;
  args.rows = 0;
  for (int64_t r = 0; r < row_tap_count_; ++r) {
    for (int64_t n = 0; n < run.taps.count; n += args.columns) {
      tap_src_[args.rows] = src + row_taps_[r].src + (begin - run.taps.shift - n * axis.shift_step) * args.pitch;
      tap_weights_[args.rows++] = weights + (row_taps_[r].weight + first_tap + n * axis.tap_step) * args.channels;
    }
  }
  const int64_t at = (begin * params_.stride[2] + residue_begin - plan_.shape_.padding.begin[2]) * args.channels;
  args.src = tap_src_;
  args.weights = tap_weights_;
  args.steps = end - begin;
  args.length = (residue_end - residue_begin) * args.channels;
  args.dst += at;
  if (args.residual != nullptr) args.residual += at;
  const bool one = plan_.unit_is_channel();
  (one ? op_.kernels().steps_of_one_channel : op_.kernels().steps)(args);
}

}  // namespace deconv
