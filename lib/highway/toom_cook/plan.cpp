// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/plan.h"

#include "core/aligned_buffer.h"
#include "core/checked.h"
#include "core/division.h"
#include "highway/cache_sets.h"
#include "highway/streaming.h"
#include "highway/toom_cook/blocking.h"
#include "highway/toom_cook/task.h"
#include "highway/workspace.h"

namespace deconv {
namespace {

// Floats that the inputs of a row of patches may take while channels-first src is gathered.
constexpr int64_t kRowFloats = 48 * 1024;

}  // namespace

ToomCookPlan::ToomCookPlan(const ToomCookOperator& op, const Shape& shape) : op_(op), shape_(shape) {
  const Parameters& p = op.params();
  for (int a = 0; a < 3; ++a) {
    ranges_[a] = PhaseRanges(p.stride[a], shape.padding.begin[a], shape.out[a]);
    const ToomAxis& axis = op.axes()[a];
    patches_[a] = ceil_div(ranges_[a].span(), axis.outputs * axis.spacing) * axis.spacing;
  }
  gathers_src_ = p.src_layout == DECONV_CHANNELS_FIRST;
  gathers_dst_ = p.dst_layout == DECONV_CHANNELS_FIRST && p.out_channels > 1;
  streams_dst_ = !gathers_dst_ && streams_channels_last(p, shape, op.panels());
  choose_pieces();
  pitch_ = spread_pitch(round_up(p.in_channels_per_group(), kLineFloats));
  plane_ = odd_lines(checked_mul(task_patches_, pitch_, kWorkspaceSize));
  const int64_t row = op.axes()[0].window * op.axes()[1].window * row_inputs(task_patches_);
  input_piece_ = gathers_src_ ? std::clamp(kRowFloats / row / kLineFloats * kLineFloats, kLineFloats, kInputPiece) : kInputPiece;
  choose_groups();
  layout_ = layout();
  checked_mul(workers(), checked_add(static_cast<int64_t>(layout_.total), kAlignment, kWorkspaceSize), kWorkspaceSize);
}

// As many patches as stay in L2, shared out evenly; panels too where there are too few for the threads.
void ToomCookPlan::choose_pieces() {
  const Parameters& p = op_.params();
  const ToomAxes& axes = op_.axes();
  // Rows of gathered outputs have no holes if a task has all patches that lie between each other's outputs.
  const int64_t unit = axes[2].spacing,
                patches = checked_mul(shape_.batch,
                                      checked_mul(patches_[0], checked_mul(patches_[1], patches_[2], kWorkspaceSize), kWorkspaceSize),
                                      kWorkspaceSize);
  const int64_t most = std::max(unit, most_patches(axes, p.in_channels_per_group(), op_.widest_lanes(), gathers_dst_) / unit * unit);
  int64_t pieces = ceil_div(patches, most);
  // Where one pass over the weights serves all patches, and a thread's share would be too few for it, threads share out the panels: each
  // reads its part of the weights. 2048->1024 k16 s8 on 32 pixels, two threads: 0.75 of phase_gemm's speed by patches, 1.4 by panels;
  // 512->256 k16 s10 on 250, where a share is enough: 1.04 to 1.27 by patches, 0.8 by panels.
  const auto panels = static_cast<int64_t>(op_.panels().size());
  const bool by_panels = pieces == 1 && panels % shape_.threads == 0 && patches < kWantedPatches * shape_.threads;
  if (!by_panels && pieces % shape_.threads != 0 && pieces < 8 * int64_t{shape_.threads}) {
    pieces = ceil_div(pieces, shape_.threads) * shape_.threads;
  }
  // Register tiles should be full.
  const int64_t rows = op_.tile_rows();
  int64_t share = ceil_div(patches, pieces);
  if (ceil_div(share, rows) * rows <= most) share = ceil_div(share, rows) * rows;
  task_patches_ = ceil_div(share, unit) * unit;
  pieces_ = ceil_div(patches, task_patches_);
  panel_pieces_ = std::min(panels, std::max<int64_t>(1, shape_.threads / (pieces_ * p.groups)));
  panels_ = ceil_div(panels, panel_pieces_);
  panel_pieces_ = ceil_div(panels, panels_);
}

// As many alike phases of the innermost axis, then panels, as the workspace holds the sums and gathered outputs of.
void ToomCookPlan::choose_groups() {
  const ToomAxes& axes = op_.axes();
  const int64_t sums = axes.most_points() * odd_lines(task_patches_ * op_.widest_lanes()), block = gathers_dst_ ? block_floats() : 0;
  const int64_t alike = std::max(axes[2].long_phases, axes[2].stride - axes[2].long_phases), left = kGroupFloats - axes.planes() * plane_;
  group_phases_ = std::clamp<int64_t>((left - block) / sums, 1, alike);
  group_panels_ = std::clamp<int64_t>(left / (group_phases_ * sums + block), 1, panels_);
}

ToomCookPlan::Share ToomCookPlan::share(int64_t index) const {
  Share share;
  const int64_t panel = index % panel_pieces_, piece = index / panel_pieces_ % pieces_;
  share.group = index / panel_pieces_ / pieces_;
  share.begin = piece * task_patches_;
  share.end = std::min(patch_count(), share.begin + task_patches_);
  share.panel_begin = panel * panels_;
  share.panel_end = std::min<int64_t>(share.panel_begin + panels_, static_cast<int64_t>(op_.panels().size()));
  return share;
}

// With a spacing of D, D neighbouring patches lie between each other's outputs.
ToomCookPlan::Place ToomCookPlan::place(int64_t patch) const {
  Place place;
  for (int a = 2; a >= 0; --a) {
    const ToomAxis& axis = op_.axes()[a];
    const int64_t number = patch % patches_[a];
    place.first[a] = ranges_[a].first() + number / axis.spacing * axis.spacing * axis.outputs + number % axis.spacing;
    patch /= patches_[a];
  }
  place.image = patch;
  return place;
}

int64_t ToomCookPlan::row_inputs(int64_t patches) const {
  const ToomAxis& axis = op_.axes()[2];
  const int64_t blocks = ceil_div(std::min(patches, patches_[2]), axis.spacing);
  return (blocks * axis.outputs + axis.taps - 1) * axis.spacing;
}

ToomCookPlan::Layout ToomCookPlan::layout() const {
  const ToomAxes& axes = op_.axes();
  const int64_t lanes = op_.widest_lanes();
  Layout l;
  const auto take = [&](int64_t count, int64_t width) {
    const size_t at = l.total;
    l.total = static_cast<size_t>(
        checked_add(static_cast<int64_t>(at), static_cast<int64_t>(workspace_part(count, width, sizeof(float))), kWorkspaceSize));
    return at;
  };
  l.planes = take(axes.planes(), plane_);
  const int64_t sums = checked_mul(axes.most_points(), odd_lines(checked_mul(task_patches_, lanes, kWorkspaceSize)), kWorkspaceSize);
  l.sums = take(group_panels_ * group_phases_, sums);
  l.block = take(gathers_dst_ ? group_panels_ : 0, block_floats());
  // A patch at a border of channels-last src, or a row of patches of channels-first src.
  l.rows = take(axes[0].window * axes[1].window,
                checked_mul(gathers_src_ ? row_inputs(task_patches_) : axes[2].window, input_piece_, kWorkspaceSize));
  l.input_steps = take(2 * axes[0].window * std::max(axes[1].window, axes[1].planes), axes[2].planes * input_piece_);
  l.output_steps = take(2 * axes.most_points(), lanes);
  return l;
}

size_t ToomCookPlan::workspace_bytes() const { return static_cast<size_t>(workers()) * layout_.total + kAlignment - 1; }

std::string ToomCookPlan::description() const {
  return op_.isa() + "/" + op_.algorithm() + " " + op_.axes().name() + " " + std::to_string(op_.tile_rows()) + "x" +
         std::to_string(op_.widest_lanes());
}

deconv_status ToomCookPlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  parallel_run(parallel, task_count(), [&](int worker, int64_t index) {
    ToomCookTask task(*this, args, workspace + static_cast<size_t>(worker) * layout_.total, share(index));
    task.run();
  });
  return DECONV_OK;
}

}  // namespace deconv
