// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/task.h"

#include "highway/cache_sets.h"
#include "highway/toom_cook/choice.h"

namespace deconv {
namespace {

float* part(char* workspace, size_t at) { return reinterpret_cast<float*>(workspace + at); }

}  // namespace

ToomCookTask::ToomCookTask(const ToomCookPlan& plan, const RunArguments& args, char* workspace, const ToomCookPlan::Share& share)
    : plan_(plan),
      op_(plan.op_),
      params_(op_.params()),
      axes_(op_.axes()),
      args_(args),
      share_(share),
      sums_plane_(odd_lines((share.end - share.begin) * plan.op_.widest_lanes())),
      planes_(part(workspace, plan.layout_.planes)),
      sums_(part(workspace, plan.layout_.sums)),
      block_(part(workspace, plan.layout_.block)),
      rows_(part(workspace, plan.layout_.rows)),
      input_steps_(part(workspace, plan.layout_.input_steps)),
      output_steps_(part(workspace, plan.layout_.output_steps)),
      streams_dst_(plan.streams_dst_ && reinterpret_cast<uintptr_t>(args.dst) % kAlignment == 0) {}

void ToomCookTask::run() {
  load();
  for (int64_t i = share_.panel_begin; i < share_.panel_end; i += plan_.group_panels_) {
    run_panels(i, std::min(share_.panel_end, i + plan_.group_panels_));
  }
  if (streams_dst_) op_.tiles().flush_streams();
}

// The patches of this task from `patch` on that stand in one row.
ToomCookTask::Row ToomCookTask::row_at(int64_t patch) const {
  const int64_t across = plan_.patches_[2];
  return {patch, std::min(share_.end - patch, across - patch % across), plan_.place(patch)};
}

void ToomCookTask::run_panels(int64_t begin, int64_t end) {
  Axes r;
  for (r[0] = 0; r[0] < axes_[0].stride; ++r[0]) {
    for (r[1] = 0; r[1] < axes_[1].stride; ++r[1]) {
      for (int64_t w = 0; w < axes_[2].stride;) {
        const int64_t alike = w < axes_[2].long_phases ? axes_[2].long_phases : axes_[2].stride;
        const Group group{begin, end, {r[0], r[1], w}, std::min(alike, w + plan_.group_phases_)};
        multiply(group);
        finish(group);
        w = group.w_end;
      }
      for (int64_t i = begin; plan_.gathers_dst_ && i < end; ++i) store(op_.panels()[i], i - begin, r);
    }
  }
}

// All products of a group's phases, point by point, so that a plane of inputs serves all of them while it is near: sums are
// [panel][phase][point][patch][lane]. (Phase by phase, planes came from L3 for each: k4 s2 256->256 on 64x64 43 ms instead of 38.)
void ToomCookTask::multiply(const Group& group) {
  const auto &d = axes_[0].kind(group.first[0]), &h = axes_[1].kind(group.first[1]), &w = axes_[2].kind(group.first[2]);
  int64_t point = 0;
  for (int i = 0; i < d.transform.points(); ++i) {
    for (int j = 0; j < h.transform.points(); ++j) {
      for (int k = 0; k < w.transform.points(); ++k, ++point) {
        const int64_t plane = (int64_t{d.plane + i} * axes_[1].planes + h.plane + j) * axes_[2].planes + w.plane + k;
        multiply_point(group, point, planes_ + plane * plan_.plane_);
      }
    }
  }
}

void ToomCookTask::multiply_point(const Group& group, int64_t point, const float* plane) {
  static constexpr TileTap kTap{0, 0};
  const int64_t channels = params_.in_channels_per_group(), patches = share_.end - share_.begin, rows = op_.tile_rows();
  int64_t inputs[kMaxTileRows];
  for (int m = 0; m < kMaxTileRows; ++m) inputs[m] = m * plan_.pitch_;
  TileArgs args{};
  args.taps = &kTap;
  args.tap_count = 1;
  args.inputs = inputs;
  args.pause = true;
  const int64_t count = group.size();
  args.weights = point_weights(group, 0, point);
  for (int64_t n = 0; n < count; ++n) {
    const Panel& panel = op_.panels()[group.panel(n)];
    const int64_t lanes = op_.panel_lanes(panel);
    float* sums = group_sums(n) + point * sums_plane_;
    args.pitch = panel.pitch;
    for (int64_t channel = 0; channel < channels; channel += kSummedChannels) {
      const bool last = channel + kSummedChannels >= channels;
      args.channels = args.tap_rows = std::min(kSummedChannels, channels - channel);
      args.add = channel > 0;
      args.src = plane + channel;
      const float* follows = args.weights + args.channels * panel.pitch;
      const float* next = !last           ? follows
                          : n + 1 < count ? point_weights(group, n + 1, point)
                                          : point_weights(group, 0, point) + channels * panel.pitch;
      for (int64_t patch = 0, tile = 0; patch < patches; patch += rows, ++tile) {
        args.input = patch * plan_.pitch_;
        args.partial = sums + patch * lanes;
        args.ahead = next - args.weights + tile % panel.vectors * kLineFloats;
        op_.tiles().gemm_tile(static_cast<int>(std::min(rows, patches - patch)), panel.vectors, args);
      }
      args.weights = next;
    }
  }
}

// Of number n of a group at one point: [input channel][panel pitch].
const float* ToomCookTask::point_weights(const Group& group, int64_t n, int64_t point) const {
  const Panel& panel = op_.panels()[group.panel(n)];
  return op_.phase_weights(share_.group, panel, group.residue(n)) + point * params_.in_channels_per_group() * panel.pitch;
}

}  // namespace deconv
