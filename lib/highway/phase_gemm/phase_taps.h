// SPDX-License-Identifier: Apache-2.0
// The phases of all three axes flattened: which taps each phase has and where their weights stand in a packed panel.
#pragma once

#include <cstdint>
#include <vector>

#include "core/geometry.h"

namespace deconv {

class PhaseTaps {
 public:
  // One tap of one phase: it reads the input `shift` pixels before the output's number on each axis.
  struct Tap {
    Axes shift;
    Axes tap;  // kernel position
  };

  explicit PhaseTaps(const Parameters& params);

  int64_t phase_count() const { return static_cast<int64_t>(begin_.size()) - 1; }
  int64_t tap_count() const { return begin_.back(); }
  // Phases are numbered (d*S_h + h)*S_w + w; the taps of phase p are [begin(p), end(p)).
  int64_t phase_index(int64_t d, int64_t h, int64_t w) const { return (d * stride_[1] + h) * stride_[2] + w; }
  int64_t begin(int64_t phase) const { return begin_[phase]; }
  int64_t end(int64_t phase) const { return begin_[phase + 1]; }
  const Tap& operator[](int64_t index) const { return taps_[index]; }
  // Largest shift of any tap on each axis: the halo before a block of inputs.
  const Axes& max_shift() const { return max_shift_; }
  int64_t most_taps_of_a_phase() const { return most_taps_; }
  // Taps of one axis' phase, by growing shift. A phase's taps are the product of its axes', innermost fastest.
  const std::vector<AxisPhase::Tap>& axis(int a, int64_t residue) const { return axes_[a][residue].taps; }
  int64_t most_taps_of_an_axis(int a) const { return most_axis_taps_[a]; }

 private:
  Axes stride_;
  std::vector<AxisPhase> axes_[3];
  Axes max_shift_{}, most_axis_taps_{};
  int64_t most_taps_ = 0;
  std::vector<Tap> taps_;
  std::vector<int64_t> begin_;
};

}  // namespace deconv
