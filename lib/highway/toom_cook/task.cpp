// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/task.h"

#include "highway/cache_sets.h"

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
      planes_(part(workspace, plan.layout_.planes)),
      sums_(part(workspace, plan.layout_.sums)),
      block_(part(workspace, plan.layout_.block)),
      rows_(part(workspace, plan.layout_.rows)),
      input_steps_(part(workspace, plan.layout_.input_steps)),
      output_steps_(part(workspace, plan.layout_.output_steps)) {}

void ToomCookTask::run() {
  load();
  for (int64_t i = share_.panel_begin; i < share_.panel_end; ++i) run_panel(op_.panels()[i]);
}

// The patches of this task from `patch` on that stand in one row.
ToomCookTask::Row ToomCookTask::row_at(int64_t patch) const {
  const int64_t across = plan_.patches_[2];
  return {patch, std::min(share_.end - patch, across - patch % across), plan_.place(patch)};
}

void ToomCookTask::run_panel(const Panel& panel) {
  sums_plane_ = odd_lines((share_.end - share_.begin) * op_.panel_lanes(panel));
  Axes r;
  for (r[0] = 0; r[0] < axes_[0].stride; ++r[0]) {
    for (r[1] = 0; r[1] < axes_[1].stride; ++r[1]) {
      for (r[2] = 0; r[2] < axes_[2].stride; ++r[2]) {
        multiply(panel, r);
        finish(panel, r);
      }
      if (plan_.gathers_dst_) store(panel, r);
    }
  }
}

// The sums of all points of a phase: [point][patch][lane].
void ToomCookTask::multiply(const Panel& panel, const Axes& residue) {
  static constexpr TileTap kTap{0, 0};
  const int64_t channels = params_.in_channels_per_group(), lanes = op_.panel_lanes(panel), patches = share_.end - share_.begin;
  int64_t inputs[kMaxTileRows];
  for (int m = 0; m < kMaxTileRows; ++m) inputs[m] = m * plan_.pitch_;
  TileArgs args{};
  args.taps = &kTap;
  args.tap_count = 1;
  args.channels = args.tap_rows = channels;
  args.pitch = panel.pitch;
  args.inputs = inputs;
  args.weights = op_.phase_weights(share_.group, panel, residue);
  args.pause = true;
  const auto &d = axes_[0].kind(residue[0]), &h = axes_[1].kind(residue[1]), &w = axes_[2].kind(residue[2]);
  float* sums = sums_;
  for (int i = 0; i < d.transform.points(); ++i) {
    for (int j = 0; j < h.transform.points(); ++j) {
      for (int k = 0; k < w.transform.points(); ++k) {
        const int64_t plane = (int64_t{d.plane + i} * axes_[1].planes + h.plane + j) * axes_[2].planes + w.plane + k;
        args.src = planes_ + plane * plan_.plane_;
        for (int64_t patch = 0; patch < patches; patch += op_.tile_rows()) {
          args.input = patch * plan_.pitch_;
          args.partial = sums + patch * lanes;
          args.ahead = channels * panel.pitch + patch / op_.tile_rows() % panel.vectors * kLineFloats;
          op_.tiles().gemm_tile(static_cast<int>(std::min<int64_t>(op_.tile_rows(), patches - patch)), panel.vectors, args);
        }
        args.weights += channels * panel.pitch;
        sums += sums_plane_;
      }
    }
  }
}

}  // namespace deconv
