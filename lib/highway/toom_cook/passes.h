// SPDX-License-Identifier: Apache-2.0
// A transform of several axes is one of each axis after the other. What it does is worked out once for all patches: per patch only the
// first source and the last target change. (Worked out for each patch, structs were copied in wider words than they had just been written
// in: such a load waits until all stores before it have left, 3000 cycles a patch.)
#pragma once

#include <algorithm>
#include <cstdint>

#include "highway/toom_cook/toom_cook_kernels.h"

namespace deconv {

// A block of vectors of channels: extents, and distances in floats, by axis.
struct ToomBlock {
  int64_t extent[3];
  int64_t step[3];
};

class ToomPasses {
 public:
  // `block`: the source; `floats` channels of each entry; `ahead`: to the next patch's; steps between passes stand in two halves of
  // `buffer`, each of `half` floats, with `width` floats for an entry.
  ToomPasses(const ToomBlock& block, int64_t floats, int64_t ahead, float* buffer, int64_t half, int64_t width)
      : block_(block), floats_(floats), ahead_(ahead), next_(buffer), other_(buffer + half), width_(width) {}

  // The axis becomes `extent` long, in the buffer or, if it is the last one, at the target, whose distances are `target`. lines() follow.
  void axis(int a, int64_t extent, const int64_t* target) {
    if (begun_) take_over();
    begun_ = true;
    axis_ = a;
    to_ = block_;
    to_.extent[a] = extent;
    to_target_ = target != nullptr;
    int64_t dense = width_;
    for (int b = 2; b >= 0; --b) {
      to_.step[b] = target != nullptr ? target[b] : dense;
      dense *= to_.extent[b];
    }
  }

  // One kind of the axis' lines: entries from number `skip` on become those from number `row` on.
  void lines(ToomLines function, int64_t skip, int64_t row) {
    const int outer = axis_ == 0 ? 1 : 0, line = axis_ == 2 ? 1 : 2;
    Pass& pass = passes_[count_++];
    pass.lines = function;
    pass.src_offset = from_source_ ? skip * block_.step[axis_] : 0;
    pass.dst_offset = to_target_ ? row * to_.step[axis_] : 0;
    pass.from_source = from_source_;
    pass.to_target = to_target_;
    pass.args = {block_.extent[outer],
                 block_.extent[line],
                 floats_,
                 other_ + skip * block_.step[axis_],
                 block_.step[axis_],
                 block_.step[line],
                 block_.step[outer],
                 next_ + row * to_.step[axis_],
                 to_.step[axis_],
                 to_.step[line],
                 to_.step[outer],
                 from_source_ ? ahead_ : 0};
  }

  // No more axes. The result without a target: where it stands, and how. With no axis at all it is the source.
  void end() {
    if (begun_) take_over();
  }
  const ToomBlock& result() const { return block_; }
  const float* result_of(const float* src) const { return begun_ ? other_ : src; }

  void run(const float* src, float* dst) {
    for (int i = 0; i < count_; ++i) {
      Pass& pass = passes_[i];
      if (pass.from_source) pass.args.src = src + pass.src_offset;
      if (pass.to_target) pass.args.dst = dst + pass.dst_offset;
      pass.lines(pass.args);
    }
  }

 private:
  struct Pass {
    ToomLines lines;
    int64_t src_offset, dst_offset;
    bool from_source, to_target;
    ToomLinesArgs args;
  };

  void take_over() {
    block_ = to_;
    from_source_ = false;
    std::swap(next_, other_);
  }

  static constexpr int kMost = 6;  // two kinds of each axis
  Pass passes_[kMost];
  int count_ = 0;
  ToomBlock block_, to_{};
  int64_t floats_, ahead_;
  float *next_, *other_;  // where the axis writes, and where it reads
  int64_t width_;
  int axis_ = 0;
  bool begun_ = false, from_source_ = true, to_target_ = false;
};

}  // namespace deconv
