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
  // Panels [panel_begin, panel_end), each with the alike phases from `first` to w_end of the innermost axis. They are numbered n.
  struct Group {
    int64_t panel_begin, panel_end;
    Axes first;
    int64_t w_end;

    int64_t phases() const { return w_end - first[2]; }
    int64_t size() const { return (panel_end - panel_begin) * phases(); }
    int64_t panel(int64_t n) const { return panel_begin + n / phases(); }
    Axes residue(int64_t n) const { return {first[0], first[1], first[2] + n % phases()}; }
  };

  Row row_at(int64_t patch) const;
  // task_load.cpp
  void load();
  void load_row(const Row& row);
  void load_gathered(const Row& row, int64_t channel, int64_t channels, float* planes);
  void load_direct(const Row& row, int64_t channel, int64_t channels, float* planes);
  void gather_row(const Row& row, int64_t channel, int64_t channels);
  void copy_window(const Place& place, const float* image, int64_t channels);
  bool inside_src(const Place& place) const;
  ToomPasses input_passes(const Axes& step, int64_t channels) const;
  // task.cpp
  void run_panels(int64_t begin, int64_t end);
  void multiply(const Group& group);
  void multiply_point(const Group& group, int64_t point, const float* plane);
  const float* point_weights(const Group& group, int64_t n, int64_t point) const;
  float* group_sums(int64_t n) const { return sums_ + n * axes_.most_points() * sums_plane_; }
  // task_finish.cpp
  void finish(const Group& group);
  void finish_phase(const Group& group, int64_t n);
  ToomPasses output_passes(const Axes& residue, int64_t lanes) const;
  ToomFinishArgs finish_args(const Panel& panel, const ToomBlock& outputs) const;
  void finish_direct(const Panel& panel, const Axes& residue, const Place& place, const ToomBlock& outputs, ToomFinishArgs* args) const;
  void finish_to_block(const Axes& residue, const Row& row, const Place& place, const ToomBlock& outputs, float* block,
                       ToomFinishArgs* args) const;
  float* panel_block(int64_t number) const { return block_ + number * plan_.block_floats(); }
  void store(const Panel& panel, int64_t number, const Axes& residue);
  void store_row(const Panel& panel, const float* block, const Axes& residue, const Row& row, int64_t d, int64_t h);

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
  const int64_t sums_plane_;  // floats between points' sums
  float *const planes_, *const sums_, *const block_, *const rows_, *const input_steps_, *const output_steps_;
  const bool streams_dst_;
};

}  // namespace deconv
