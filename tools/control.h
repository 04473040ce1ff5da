// SPDX-License-Identifier: Apache-2.0
// The control: a loop of fixed work, about a quarter of a millisecond, timed around everything that is measured. It needs neither the
// library nor memory beyond the first cache, so that what changes its time changes the machine: frequency, a neighbour on the same core, a
// processor taken away. Half of it is arithmetic in registers, half copying within the first cache: a neighbour that slowed layers by 1.3
// to 1.6 slowed the arithmetic alone by 1.03, as that leaves most of a core idle, and copies by 1.3 to 1.9.
#pragma once

#include <vector>

#include "core/aligned_buffer.h"
#include "result.h"

namespace deconv::tool {

class Control {
 public:
  Control();

  // Milliseconds of each of a few passes, on the calling thread.
  std::vector<double> passes();

  // Drift, theft and the verdict, from every pass by round, and from the rows' intervals.
  static Noise judge(const std::vector<std::vector<double>>& passes_by_round, const std::vector<RowResult>& rows);

 private:
  float sink_ = 0;
  AlignedBuffer<float> memory_;
};

}  // namespace deconv::tool
