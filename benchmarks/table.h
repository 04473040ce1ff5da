// SPDX-License-Identifier: Apache-2.0
// The results as one table for people.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "row.h"

namespace deconv::bench {

// What became of one row.
struct Result {
  double ms = 0;      // median of the repetitions
  double spread = 0;  // (slowest - fastest) / median, 0 for one repetition
  double gflops = 0;
  double percent_of_bound = 0;
  std::string error;  // not empty: why there are no numbers
};

// By RowSpec::name(). Groups rows by layout and threads; compares the first variant with `onednn` (else with the second variant).
// Returns the whole text, with a geometric mean for each group and the layers where the first variant loses.
std::string format_table(const std::vector<RowSpec>& rows, const std::map<std::string, Result>& results);

}  // namespace deconv::bench
