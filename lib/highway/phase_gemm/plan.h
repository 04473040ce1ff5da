// SPDX-License-Identifier: Apache-2.0
// A phase_gemm operator at one input shape: the cut into tasks and what one task does.
#pragma once

#include <algorithm>

#include "core/backend.h"
#include "core/geometry.h"
#include "highway/phase_gemm/blocking.h"
#include "highway/phase_gemm/operator.h"

namespace deconv {

class PhaseGemmPlan final : public Plan {
 public:
  PhaseGemmPlan(const PhaseGemmOperator& op, const Shape& shape);

  size_t workspace_bytes() const override;
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  friend class PhaseGemmTask;

  // A box of phase pixels: [begin, end) of images and of pixel numbers j per axis. Every phase takes its part of it.
  struct Box {
    int64_t batch_begin, batch_end;
    Axes begin, end;
  };
  Box box(int64_t index) const;
  // What one task computes: panels [panel_begin, panel_end) of phases [row_begin, row_end) of the outer axes, in one box of one group.
  struct Share {
    int64_t group, box, panel_begin, panel_end, row_begin, row_end;
  };
  Share share(int64_t index) const;
  int64_t box_count() const { return batch_pieces_ * pieces_[0] * pieces_[1] * pieces_[2]; }

  // Parts of a worker's workspace, in bytes from its start.
  struct Layout {
    size_t held = 0, taps = 0, tiles = 0, src = 0, dst = 0, partial = 0, total = 0;
  };
  Layout layout() const;
  void choose_cache_use();
  int64_t task_count() const { return box_count() * op_.params().groups * panel_pieces_ * row_pieces_; }
  int64_t workers() const { return std::min<int64_t>(shape_.threads, task_count()); }

  const PhaseGemmOperator& op_;
  const Shape shape_;
  PhaseRanges ranges_[3];
  Axes pixels_;  // span of j over all phases
  Blocking blocking_;
  Axes pieces_;
  int64_t batch_pieces_;
  int64_t panel_pieces_, row_pieces_;
  bool gathers_src_;         // channels-first: each box is gathered so that a pixel's channels are contiguous
  int64_t src_pitch_;        // floats between gathered pixels
  bool gathers_dst_;         // channels-first: each box's rows are turned before they are stored
  bool prefetches_src_;      // a tile ahead
  bool prefetches_box_;      // a box ahead
  bool prefetches_weights_;  // a slice ahead
  bool streams_dst_;         // where the pointer is aligned to a line
  Layout layout_;
};

}  // namespace deconv
