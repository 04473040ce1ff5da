// SPDX-License-Identifier: Apache-2.0
#include "highway/depthwise/plan.h"

#include <algorithm>

#include "core/checked.h"
#include "core/division.h"
#include "highway/depthwise/task.h"
#include "highway/workspace.h"

namespace deconv {
namespace {

constexpr int64_t kTasksPerThread = 4;
// Outputs of the planes that share the finding of taps; with their src they stay in L2 while the classes of their rows take turns.
constexpr int64_t kPlanesFloats = 64 * 1024;
// Gathered src of a task: stays in L2.
constexpr int64_t kWindowFloats = 64 * 1024;
// A dst beyond this has left the cache before anybody reads it: written past the caches. One core, 163 MB: 3.5 ms instead of 7.2.
constexpr int64_t kStreamBytes = 16 << 20;

int64_t most_residue_taps(const TapAxis& axis) { return ceil_div(axis.kernel, axis.tap_step); }

}  // namespace

DepthwisePlan::DepthwisePlan(const DepthwiseOperator& op, const Shape& shape)
    : op_(op), shape_(shape), axes_{{op.params(), 0}, {op.params(), 1}, {op.params(), 2}}, lanes_(choose_lanes()) {
  const Parameters& p = op.params();
  const bool src_last = p.src_layout == DECONV_CHANNELS_LAST;
  if (unit_is_channel()) {
    gathers_ = src_last && p.in_channels > 1;
    pitch_ = 1;
  } else {
    const bool repeats = lanes_ == Lanes::kStepOfChannels && op.channels() % op.step_kernels().lanes != 0;
    gathers_ = !src_last || p.in_channels != p.out_channels || repeats;
    pitch_ = op.channels() + (repeats ? op.step_kernels().lanes - 1 : 0);
  }
  stream_ = saturating_mul(saturating_mul(shape.batch * p.out_channels, shape.out_spatial()), sizeof(float)) > kStreamBytes;
  const bool pixels = lanes_ == Lanes::kPixels;
  for (int a = pixels ? 0 : 2; a < (pixels ? 2 : 3); ++a) {
    runs_[a] = tap_runs(axes_[a], shape.in[a], shape.padding.begin[a], shape.out[a], a == 2 && lanes_ != Lanes::kChannels);
  }
  choose_pieces();
  const char* what = kWorkspaceSize;
  most_row_taps_ = checked_mul(most_residue_taps(axes_[0]), most_residue_taps(axes_[1]), what);
  most_taps_ = checked_mul(most_row_taps_, most_residue_taps(axes_[2]), what);
  rows_bytes_ = workspace_part(1, most_row_taps_, sizeof(DepthwiseTap));
  // A tap is three offsets or two pointers; lanes over pixels list each phase's taps.
  taps_bytes_ = workspace_part(pixels ? p.stride[2] : 1, most_taps_, sizeof(DepthwiseTap));
  const size_t window = gathers_ ? workspace_part(1, window_floats(), sizeof(float)) : 0;
  task_bytes_ = rows_bytes_ + taps_bytes_ + window;
  checked_mul(shape.threads, static_cast<int64_t>(task_bytes_ + kAlignment), what);
}

DepthwisePlan::Lanes DepthwisePlan::choose_lanes() const {
  const int64_t channels = op_.channels(), lanes = op_.step_kernels().lanes, stride = op_.params().stride[2];
  if (channels == 1) return stride <= kMostInterleaved ? Lanes::kPixels : Lanes::kStep;
  // Vectors that cross pixels are fuller, but where channels are not whole vectors src must be repeated to match.
  if (op_.params().dilation[2] > 1 || stride == 1) return Lanes::kChannels;
  if (channels % lanes == 0) return Lanes::kStepOfChannels;
  return stride * ceil_div(channels, lanes) * 4 >= ceil_div(stride * channels, lanes) * 5 ? Lanes::kStepOfChannels : Lanes::kChannels;
}

int64_t DepthwisePlan::most_inputs(int a, int64_t extent) const {
  const TapAxis& axis = axes_[a];
  return std::min(shape_.in[a], (extent - 1 + axis.dilation * (axis.kernel - 1)) / axis.stride + 2);
}

int64_t DepthwisePlan::window_floats() const {
  int64_t floats = pitch_;
  for (int a = 0; a < 3; ++a) floats = checked_mul(floats, most_inputs(a, extent_[a]), kWorkspaceSize);
  return floats;
}

void DepthwisePlan::choose_pieces() {
  const int64_t wanted = shape_.threads == 1 ? 1 : kTasksPerThread * shape_.threads;
  extent_ = shape_.out;
  // Planes are shared out before they are cut: each piece of a row has two borders (1090 rows of 400 on two threads: 0.098 -> 0.049 ms).
  units_ = 1;
  if (lanes_ == Lanes::kPixels && !gathers_) {
    units_ = std::min(ceil_div(op_.units(), std::min(ceil_div(wanted, shape_.batch), op_.units())),
                      ceil_div(kPlanesFloats, shape_.out_spatial()));
  }
  // A task of lanes over pixels begins at a whole pixel.
  const auto cut = [&](int a, int64_t parts) {
    const int64_t stride = axes_[a].stride;
    extent_[a] = std::min(shape_.out[a], ceil_div(ceil_div(extent_[a], parts), stride) * stride);
  };
  for (int a = 0; gathers_ && a < 3; ++a) {
    while (window_floats() > kWindowFloats && extent_[a] > axes_[a].stride) cut(a, 2);
  }
  const auto count = [&] {
    for (int a = 0; a < 3; ++a) pieces_[a] = ceil_div(shape_.out[a], extent_[a]);
    unit_pieces_ = ceil_div(op_.units(), units_);
    return task_count();
  };
  for (int a = 0; a < 3; ++a) {
    const int64_t missing = ceil_div(wanted, count());
    if (missing > 1) cut(a, missing);
  }
  count();
}

size_t DepthwisePlan::workspace_bytes() const {
  return static_cast<size_t>(std::min<int64_t>(shape_.threads, task_count())) * task_bytes_ + kAlignment - 1;
}

std::string DepthwisePlan::description() const {
  static constexpr const char* kOver[] = {"pixels", "a step", "channels", "a step's channels"};
  return op_.isa() + "/depthwise: lanes over " + kOver[static_cast<int>(lanes_)];
}

deconv_status DepthwisePlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  parallel_run(parallel, task_count(), [&](int worker, int64_t index) {
    DepthwiseTask(*this, args, workspace + static_cast<size_t>(worker) * task_bytes_, index).run();
  });
  return DECONV_OK;
}

}  // namespace deconv
