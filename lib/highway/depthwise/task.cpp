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
  if (plan_.lanes_ == DepthwisePlan::Lanes::kPixels) {
    for (const TapRun& depths : plan_.runs_[0]) {
      for (const TapRun& rows : plan_.runs_[1]) pixels_rows(depths, rows);
    }
  } else {
    for (int64_t d = begin_[0]; d < end_[0]; ++d) {
      for (int64_t h = begin_[1]; h < end_[1]; ++h) {
        find_rows(d, h);
        for (int64_t unit = unit_begin_; unit < unit_end_; ++unit) steps_row(unit, d, h);
      }
    }
  }
  if (plan_.stream_) op_.step_kernels().flush_streams();
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
  const int64_t spatial = plan_.shape_.in_spatial(), per_group = params_.out_channels_per_group();
  const int64_t multiplier = plan_.unit_is_channel() ? 1 : per_group;  // in dst's order of a unit
  const int64_t pixel_stride = last ? params_.in_channels : 1, channel_stride = last ? 1 : spatial;
  const float* image = static_cast<const float*>(args_.src) + image_ * params_.in_channels * spatial;
  image += unit_begin_ * op_.channels() / per_group * channel_stride;
  for (int64_t d = 0; d < src_extent_[0]; ++d) {
    for (int64_t h = 0; h < src_extent_[1]; ++h) {
      const int64_t at = ((window_begin_[0] + d) * in[1] + window_begin_[1] + h) * in[2] + window_begin_[2];
      float* to = window_ + (d * src_extent_[1] + h) * src_extent_[2] * plan_.pitch_;
      op_.step_kernels().gather(
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
  int64_t at[2];
  for (int a = 0; a < 2; ++a) {
    const TapAxis& axis = plan_.axes_[a];
    const int64_t position = (a == 0 ? d : h) + plan_.shape_.padding.begin[a];
    at[a] = position / axis.stride;
    int64_t change = 0;
    reach[a] = reaching_taps(axis, axis.residue(position % axis.stride), plan_.shape_.in[a], at[a], 0, &change);
  }
  find_rows(reach, at);
}

void DepthwiseTask::find_rows(const ResidueTaps (&reach)[2], const int64_t (&at)[2]) {
  row_tap_count_ = 0;
  for (int64_t i = 0; i < reach[0].count; ++i) {
    for (int64_t k = 0; k < reach[1].count; ++k) {
      const int64_t in_d = at[0] - reach[0].shift - i * plan_.axes_[0].shift_step - window_begin_[0];
      const int64_t in_h = at[1] - reach[1].shift - k * plan_.axes_[1].shift_step - window_begin_[1];
      const int64_t tap_d = reach[0].tap + i * plan_.axes_[0].tap_step, tap_h = reach[1].tap + k * plan_.axes_[1].tap_step;
      row_taps_[row_tap_count_++] = {(in_d * src_extent_[1] + in_h) * src_extent_[2] * plan_.pitch_, -window_begin_[2],
                                     (tap_d * params_.kernel[1] + tap_h) * params_.kernel[2]};
    }
  }
}

void DepthwiseTask::pixels_rows(const TapRun& depths, const TapRun& rows) {
  const TapRun* run[2] = {&depths, &rows};
  int64_t at[2], end[2], out[2];
  for (int a = 0; a < 2; ++a) {
    const int64_t stride = params_.stride[a], before = plan_.shape_.padding.begin[a] - run[a]->residue_begin;
    at[a] = std::max(run[a]->begin, ceil_div(begin_[a] + before, stride));
    end[a] = std::min(run[a]->end, floor_div(end_[a] - 1 + before, stride) + 1);
    out[a] = at[a] * stride - before;
    if (at[a] >= end[a]) return;
  }
  find_rows({depths.taps, rows.taps}, at);
  DepthwisePlaneArgs args{};
  list_taps(&args);
  args.rows = end[1] - at[1];
  args.stream = plan_.stream_;
  args.src_step = src_extent_[2];
  args.dst_step = params_.stride[1] * plan_.shape_.out[2];
  for (int64_t unit = unit_begin_; unit < unit_end_; ++unit) {
    args.weights = op_.weights(unit);
    args.finish = finish(unit);
    for (int64_t depth = 0; depth < end[0] - at[0]; ++depth) {
      const int64_t to = dst_offset(unit, out[0] + depth * params_.stride[0], out[1]);
      args.src = src(unit) + depth * src_extent_[1] * src_extent_[2];
      args.dst = static_cast<float*>(args_.dst) + to;
      args.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + to;
      op_.plane_kernels().plane(args);
    }
  }
}

// Output j*S + r of a row is pixel j + (r + pad) / S of residue (r + pad) mod S: counted so, rows of dst begin with whole vectors.
void DepthwiseTask::list_taps(DepthwisePlaneArgs* args) {
  const TapAxis& axis = plan_.axes_[2];
  args->stride = static_cast<int>(axis.stride);
  args->begin = begin_[2] / axis.stride;
  args->end = ceil_div(end_[2], axis.stride);
  args->out_end = end_[2];
  args->in = src_extent_[2];
  for (int64_t phase = 0; phase < axis.stride; ++phase) {
    const int64_t position = phase + plan_.shape_.padding.begin[2];
    const ResidueTaps column = axis.residue(position % axis.stride);
    DepthwiseTap* taps = taps_ + phase * plan_.most_taps_;
    args->taps[phase] = taps;
    for (int64_t r = 0; r < row_tap_count_; ++r) {
      for (int64_t n = 0; n < column.count; ++n, ++taps) {
        *taps = row_taps_[r];
        taps->column += position / axis.stride - column.shift - n * axis.shift_step;
        taps->weight += column.tap + n * axis.tap_step;
        args->least_column = std::min(args->least_column, taps->column);
        args->most_column = std::max(args->most_column, taps->column);
      }
    }
    args->tap_count[phase] = taps - args->taps[phase];
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
    for (const TapRun& run : plan_.runs_[2]) clip_run(run, std::max(j, run.begin), std::min({j + segment, last, run.end}), &args);
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
      tap_src_[args.rows] = src + row_taps_[r].row + (row_taps_[r].column + begin - run.taps.shift - n * axis.shift_step) * args.pitch;
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
  (one ? op_.step_kernels().steps_of_one_channel : op_.step_kernels().steps)(args);
}

}  // namespace deconv
