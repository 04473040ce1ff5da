// SPDX-License-Identifier: Apache-2.0
// A depthwise operator at one input shape.
#pragma once

#include <vector>

#include "core/backend.h"
#include "highway/depthwise/operator.h"
#include "highway/depthwise/runs.h"

namespace deconv {

class DepthwisePlan final : public Plan {
 public:
  DepthwisePlan(const DepthwiseOperator& op, const Shape& shape);

  size_t workspace_bytes() const override;
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  friend class DepthwiseTask;

  // What lanes run over.
  enum class Lanes {
    kPixels,         // one channel, phases interleaved
    kStep,           // one channel, the outputs of one pixel of src
    kChannels,       // of one output pixel
    kStepOfChannels  // of all output pixels that one pixel of src makes
  };
  Lanes choose_lanes() const;
  bool unit_is_channel() const { return lanes_ == Lanes::kPixels || lanes_ == Lanes::kStep; }
  // Inputs of an axis that `extent` neighbouring outputs may need.
  int64_t most_inputs(int a, int64_t extent) const;
  int64_t window_floats() const;
  void choose_pieces();
  int64_t task_count() const { return shape_.batch * unit_pieces_ * pieces_[0] * pieces_[1] * pieces_[2]; }

  const DepthwiseOperator& op_;
  Shape shape_;
  TapAxis axes_[3];
  Lanes lanes_;
  bool gathers_;                 // src is copied into the order that lanes want
  int64_t pitch_;                // floats between neighbouring pixels of src, copied or not
  bool stream_;                  // dst passes the caches by
  std::vector<TapRun> runs_[3];  // kPixels: of the outer axes, otherwise of the row
  Axes extent_;                  // outputs of a task
  Axes pieces_;
  int64_t units_, unit_pieces_;  // units of a task
  int64_t most_row_taps_, most_taps_;
  size_t rows_bytes_, taps_bytes_, task_bytes_;
};

}  // namespace deconv
