// SPDX-License-Identifier: Apache-2.0
// How the sums of one phase and panel are cut so that the weights of a slice stay in L2 while all tiles of a box pass over them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/division.h"

namespace deconv {

// Taps [tap_begin, tap_end) of an operator's list and input channels [channel_begin, channel_end) of a group.
struct Slice {
  int64_t tap_begin, tap_end;
  int64_t channel_begin, channel_end;
  bool first;
  bool whole;  // the only one
};

// Whole taps, or pieces of one tap's channels: either way the order of a sum's terms, tap after tap and channel after channel, is the same.
class SliceList {
 public:
  SliceList(int64_t tap_begin, int64_t tap_end, int64_t channels, int64_t pitch)
      : tap_begin_(tap_begin), tap_end_(tap_end), channels_(channels) {
    const int64_t rows = std::max<int64_t>(1, kSliceFloats / pitch);  // of weights
    taps_ = std::max<int64_t>(1, rows / channels);
    pieces_ = ceil_div(channels, rows);
  }

  int64_t count() const { return std::max<int64_t>(1, ceil_div(tap_end_ - tap_begin_, taps_) * pieces_); }

  Slice operator[](int64_t index) const {
    const int64_t taps = tap_begin_ + index / pieces_ * taps_, piece = index % pieces_;
    return {taps,        std::min(tap_end_, taps + taps_), channels_ * piece / pieces_, channels_ * (piece + 1) / pieces_, index == 0,
            count() == 1};
  }

  Slice whole() const { return {tap_begin_, tap_end_, 0, channels_, true, true}; }

 private:
  // 256 KiB beside half a box of src in a 1 MiB L2. 1549->512 k4 s2 on 8x8, ms: 16.0 with 64 KiB, 14.7 with 128, 14.3, 15.7 with 384; 18
  // with all 1.2 MiB of a phase.
  static constexpr int64_t kSliceFloats = 64 * 1024;

  int64_t tap_begin_, tap_end_, channels_;
  int64_t taps_;    // of a slice
  int64_t pieces_;  // of a tap
};

}  // namespace deconv
