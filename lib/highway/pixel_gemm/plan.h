// SPDX-License-Identifier: Apache-2.0
// A pixel_gemm operator at one input shape.
#pragma once

#include "core/backend.h"
#include "highway/pixel_gemm/operator.h"

namespace deconv {

class PixelGemmPlan final : public Plan {
 public:
  PixelGemmPlan(const PixelGemmOperator& op, const Shape& shape);

  size_t workspace_bytes() const override;
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  friend class PixelGemmTask;

  // Positions of a task: j per axis, o + pad = r + j*S. Several images only where they are whole.
  struct Box {
    int64_t image_begin, image_end;
    Axes begin, end;
  };
  Box box(int64_t index) const;

  // What tasks read: all channels of a group's box, or a piece after the other. Negative: nothing.
  struct Part {
    int64_t number, group;
    Box box;
  };
  // The part that a worker holds already, in which of its two buffers, and which one it expected to come next.
  struct Ready {
    int64_t number, buffer, expected;
  };

  void choose_extents();
  bool finishes_in_place() const;
  double cycles(const Axes& extent) const;
  void make_tasks();
  int64_t count_pieces();
  int64_t even_extent(int a) const;
  int64_t positions() const;
  Axes window(const Axes& extent) const;

  const PixelGemmOperator& op_;
  Shape shape_;
  Axes first_, end_;  // all positions
  Axes extent_;       // positions of a box
  int64_t images_;    // of a box
  Axes pieces_;
  int64_t image_pieces_, block_pieces_;
  int64_t blocks_;         // of a task
  bool direct_;            // channels-first src without borders is multiplied where it stands
  bool in_place_;          // sums stand in dst
  bool whole_;             // all input channels are packed at once, otherwise a piece after the other
  bool streams_dst_;       // past the caches, where the pointer is aligned to a line
  bool copies_;            // a box of src is packed while the one before is multiplied
  int64_t plane_, pitch_;  // floats between channels of packed src, between rows of sums
  size_t ready_bytes_, steps_bytes_, src_bytes_, sums_bytes_, task_bytes_;
};

}  // namespace deconv
