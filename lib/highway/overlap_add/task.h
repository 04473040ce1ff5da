// SPDX-License-Identifier: Apache-2.0
// One task of an overlap_add run: a box of outputs of one image and group, computed from every input that reaches it. Inputs at the box's
// edge are multiplied again by the neighbouring task, so that no sum is shared and no order depends on threads.
#pragma once

#include "highway/overlap_add/plan.h"

namespace deconv {

class OverlapAddTask {
 public:
  OverlapAddTask(const OverlapAddPlan& plan, const RunArguments& args, char* workspace, int64_t index);

  void run();

 private:
  struct Range {
    int64_t begin, end;
  };
  // Inputs of an axis that reach the task's outputs.
  Range inputs(int a) const;
  // Taps of an axis with which some input of [first, last] reaches the task's outputs.
  Range taps(int a, int64_t first, int64_t last) const;

  void add_slab(int64_t slab);
  void add_block(int64_t slab, int64_t row, int64_t pixel, int64_t pixels);
  const float* block_src(int64_t slab, int64_t row, int64_t pixel, int64_t pixels, int64_t* stride);
  void make_columns(const float* src, int64_t stride, int64_t pixels, const Range& wanted);
  void add_rows(AddColumnsArgs* add);
  void finish_slab(int64_t out_slab);
  void finish_row(float* sums, int64_t out_slab, int64_t out_row);

  float* sums_row(int64_t out_slab, int64_t out_row) const {
    return sums_ + ((out_slab % plan_.ring_) * plan_.extent_[1] + out_row - begin_[1]) * plan_.row_floats_;
  }
  // Output position of an input's first tap.
  int64_t first_out(int a, int64_t in) const { return in * params_.stride[a] - plan_.shape_.padding.begin[a]; }

  const OverlapAddPlan& plan_;
  const OverlapAddOperator& op_;
  const Parameters& params_;
  const RunArguments& args_;
  float *sums_, *columns_, *gathered_src_;
  int64_t image_, group_;
  Axes begin_, end_;  // outputs of the task
  int64_t origin_;    // output position of a sums row's first pixel
};

}  // namespace deconv
