// SPDX-License-Identifier: Apache-2.0
// The control: a loop of fixed arithmetic, about a quarter of a millisecond, timed around everything that is measured. It needs neither
// memory nor the library, so that what changes its time changes the machine: frequency, a neighbour on the same core, a processor taken
// away.
#pragma once

#include <vector>

#include "result.h"

namespace deconv::tool {

class Control {
 public:
  // Milliseconds of each of a few passes, on the calling thread.
  std::vector<double> passes();

  // Drift, theft and the verdict, from every pass by round, and from the rows' intervals.
  static Noise judge(const std::vector<std::vector<double>>& passes_by_round, const std::vector<RowResult>& rows);

 private:
  float sink_ = 0;
};

}  // namespace deconv::tool
