// SPDX-License-Identifier: Apache-2.0
// One task of a toom_cook run: the inputs of some patches are transformed to planes, one for each point; for a panel and a phase a GEMM for
// each point makes sums; the sums are transformed to outputs. Lives on a worker's stack and workspace.
#pragma once

#include <algorithm>

#include "highway/toom_cook/passes.h"
#include "highway/toom_cook/plan.h"

namespace deconv {

class ToomCookTask {
 public:
  ToomCookTask(const ToomCookPlan& plan, const RunArguments& args, char* workspace, const ToomCookPlan::Share& share);

  void run();

 private:
  using Place = ToomCookPlan::Place;
  // Neighbouring patches of a row that this task has.
  struct Row {
    int64_t begin, count;
    Place place;  // of the first
  };
  Row row_at(int64_t patch) const;
  // task_load.cpp
  void load();
  void load_row(const Row& row);
  void gather_row(const Row& row, int64_t channel, int64_t channels);
  ToomBlock gathered_window(const Row& row, const Place& place) const;
  ToomBlock window(const Place& place, int64_t channel, int64_t channels);
  void copy_window(const Place& place, const float* image, int64_t channels);
  void transform_inputs(const ToomBlock& window, int64_t patch, int64_t channel, int64_t channels);
  // task.cpp
  void run_panel(const Panel& panel);
  void multiply(const Panel& panel, const Axes& residue);
  // task_finish.cpp
  void finish(const Panel& panel, const Axes& residue);
  ToomBlock transform_sums(const Axes& residue, int64_t lanes, int64_t patch);
  void finish_direct(const Panel& panel, const Axes& residue, const Place& place, const ToomBlock& outputs) const;
  void finish_to_block(const Panel& panel, const Axes& residue, const Row& row, const Place& place, const ToomBlock& outputs) const;
  ToomFinishArgs finish_args(const Panel& panel, const ToomBlock& outputs) const;
  void store(const Panel& panel, const Axes& residue);
  void store_row(const Panel& panel, const Axes& residue, const Row& row, int64_t d, int64_t h);

  // Output position of number j of a phase, and where a block's row of outputs begins.
  int64_t out(int a, int64_t residue, int64_t j) const { return residue + j * axes_[a].stride - plan_.shape_.padding.begin[a]; }
  int64_t block_row(const Row& row, int64_t d, int64_t h) const;
  // First input of a patch on an axis.
  int64_t in(const Place& place, int a) const { return place.first[a] - (axes_[a].taps - 1) * axes_[a].spacing; }

  const ToomCookPlan& plan_;
  const ToomCookOperator& op_;
  const Parameters& params_;
  const ToomAxes& axes_;
  const RunArguments& args_;
  const ToomCookPlan::Share share_;
  int64_t sums_plane_ = 0;  // floats between points' sums
  float *const planes_, *const sums_, *const block_, *const rows_, *const input_steps_, *const output_steps_;
};

}  // namespace deconv
