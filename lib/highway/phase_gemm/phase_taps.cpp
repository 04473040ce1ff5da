// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/phase_taps.h"

#include <algorithm>

namespace deconv {

PhaseTaps::PhaseTaps(const Parameters& params) : stride_(params.stride) {
  for (int a = 0; a < 3; ++a) {
    axes_[a] = axis_phases(params.kernel[a], params.stride[a], params.dilation[a]);
    for (const AxisPhase& phase : axes_[a]) most_axis_taps_[a] = std::max(most_axis_taps_[a], static_cast<int64_t>(phase.taps.size()));
  }
  taps_.reserve(static_cast<size_t>(params.taps()));
  begin_.push_back(0);
  for (const AxisPhase& d : axes_[0]) {
    for (const AxisPhase& h : axes_[1]) {
      for (const AxisPhase& w : axes_[2]) {
        for (const auto& td : d.taps) {
          for (const auto& th : h.taps) {
            for (const auto& tw : w.taps) taps_.push_back({{td.shift, th.shift, tw.shift}, {td.tap, th.tap, tw.tap}});
          }
        }
        begin_.push_back(static_cast<int64_t>(taps_.size()));
        most_taps_ = std::max(most_taps_, begin_.back() - begin_[begin_.size() - 2]);
      }
    }
  }
  for (int a = 0; a < 3; ++a) max_shift_[a] = (params.kernel[a] - 1) * params.dilation[a] / params.stride[a];
}

}  // namespace deconv
