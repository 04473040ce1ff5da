// SPDX-License-Identifier: Apache-2.0
// One task of a depthwise run: a box of outputs of some units of one image.
#pragma once

#include "highway/depthwise/plan.h"

namespace deconv {

class DepthwiseTask {
 public:
  DepthwiseTask(const DepthwisePlan& plan, const RunArguments& args, char* workspace, int64_t index);

  void run();

 private:
  // Inputs of an axis that reach the box.
  struct Inputs {
    int64_t begin, end;
  };
  Inputs inputs(int a) const;
  void gather_window();
  // Lists the taps of the outer axes that reach pixel `at` of those axes, with the src rows they read.
  void find_rows(const ResidueTaps (&reach)[2], const int64_t (&at)[2]);
  void find_rows(int64_t d, int64_t h);  // of outputs

  // The rows of a class: those that the same taps of the outer axes reach.
  void pixels_rows(const TapRun& depths, const TapRun& rows);
  void list_taps(DepthwisePlaneArgs* args);
  void steps_row(int64_t unit, int64_t d, int64_t h);
  void clip_run(const TapRun& run, int64_t begin, int64_t end, DepthwiseStepsArgs* args);
  void steps(const TapRun& run, int64_t begin, int64_t end, int64_t residue_begin, int64_t residue_end, DepthwiseStepsArgs args);

  const float* src(int64_t unit) const;                          // what row_taps_ count from
  int64_t dst_offset(int64_t unit, int64_t d, int64_t h) const;  // of the whole row's first output
  DepthwiseFinish finish(int64_t unit) const;

  const DepthwisePlan& plan_;
  const DepthwiseOperator& op_;
  const Parameters& params_;
  const RunArguments& args_;
  DepthwiseTap* row_taps_;  // row: its pixel 0, weight: its column 0
  int64_t row_tap_count_ = 0;
  DepthwiseTap* taps_;                     // kPixels: [phase][tap]
  const float **tap_src_, **tap_weights_;  // otherwise, in the same memory
  float* window_;
  Axes window_begin_{}, src_extent_;  // of the window, or 0 and src itself
  int64_t image_, unit_begin_, unit_end_;
  Axes begin_, end_;  // outputs of the task
};

}  // namespace deconv
