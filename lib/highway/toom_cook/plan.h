// SPDX-License-Identifier: Apache-2.0
// A toom_cook operator at one input shape: patches shared out to tasks.
#pragma once

#include <algorithm>

#include "core/backend.h"
#include "core/geometry.h"
#include "highway/toom_cook/operator.h"

namespace deconv {

class ToomCookPlan final : public Plan {
 public:
  ToomCookPlan(const ToomCookOperator& op, const Shape& shape);

  size_t workspace_bytes() const override;
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  friend class ToomCookTask;

  // Patches [begin, end) of all images, panels [panel_begin, panel_end) of a group.
  struct Share {
    int64_t group, begin, end, panel_begin, panel_end;
  };
  Share share(int64_t index) const;
  // Where a patch stands: its image and, on each axis, the number of its first output of a phase.
  struct Place {
    int64_t image;
    Axes first;
  };
  Place place(int64_t patch) const;
  int64_t patch_count() const { return shape_.batch * patches_[0] * patches_[1] * patches_[2]; }
  int64_t task_count() const { return op_.params().groups * pieces_ * panel_pieces_; }
  int64_t workers() const { return std::min<int64_t>(shape_.threads, task_count()); }

  void choose_pieces();
  void choose_groups();
  // Of a panel's gathered outputs: all phases of the innermost axis.
  int64_t block_floats() const { return op_.axes().outputs() * op_.axes()[2].stride * task_patches_ * op_.widest_lanes(); }
  // Inputs side by side that a row of `patches` patches reads, on the innermost axis.
  int64_t row_inputs(int64_t patches) const;

  // Parts of a worker's workspace, in bytes from its start.
  struct Layout {
    size_t planes = 0, sums = 0, block = 0, rows = 0, input_steps = 0, output_steps = 0, total = 0;
  };
  Layout layout() const;

  const ToomCookOperator& op_;
  const Shape shape_;
  PhaseRanges ranges_[3];
  Axes patches_;                    // of an image
  bool streams_dst_;                // where the pointer is aligned to a line
  bool gathers_src_, gathers_dst_;  // channels first
  int64_t task_patches_ = 1, pieces_ = 1, panels_ = 1, panel_pieces_ = 1;
  int64_t group_panels_ = 1, group_phases_ = 1;  // whose sums are made together
  int64_t pitch_;                                // floats between a plane's patches
  int64_t plane_;                                // floats between planes
  int64_t input_piece_;                          // channels transformed together
  Layout layout_;
};

}  // namespace deconv
