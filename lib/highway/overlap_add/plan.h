// SPDX-License-Identifier: Apache-2.0
// An overlap_add operator at one input shape.
#pragma once

#include "core/backend.h"
#include "highway/overlap_add/operator.h"

namespace deconv {

class OverlapAddPlan final : public Plan {
 public:
  OverlapAddPlan(const OverlapAddOperator& op, const Shape& shape);

  size_t workspace_bytes() const override;
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  friend class OverlapAddTask;

  int64_t task_count() const { return op_.params().groups * shape_.batch * pieces_[0] * pieces_[1] * pieces_[2]; }
  void choose_pieces();
  // Outputs before and behind a task's that its sums have room for: taps of a block's pixels reach them where others reach the task's own.
  int64_t margin() const;

  const OverlapAddOperator& op_;
  Shape shape_;   // axes as in OverlapAddOperator
  int64_t ring_;  // slabs of sums that are alive at once
  Axes extent_;   // outputs of a task per axis
  Axes pieces_;
  int64_t row_floats_;    // sums of one row of a task, with margins for taps that fall outside
  int64_t block_pixels_;  // input pixels whose columns are made at once
  bool gathers_src_;      // channels-first: a block's pixels are gathered first
  bool splits_dst_;       // channels-first with several channels: finished rows are split before they are stored
  size_t sums_bytes_, columns_bytes_, src_bytes_, task_bytes_;
};

}  // namespace deconv
