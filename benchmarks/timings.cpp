// SPDX-License-Identifier: Apache-2.0
#include "timings.h"

#include <algorithm>

namespace deconv::bench {

void Timings::add(const std::string& row, const std::string& algorithm, int64_t iterations, double seconds_of_a_run) {
  Entry& entry = entries_[row];
  entry.algorithm = algorithm;
  if (iterations < entry.iterations) return;
  if (iterations > entry.iterations) entry.seconds.clear();
  entry.iterations = iterations;
  entry.seconds.push_back(seconds_of_a_run);
}

const Timings::Entry* Timings::find(const std::string& row) const {
  const auto found = entries_.find(row);
  return found == entries_.end() ? nullptr : &found->second;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace deconv::bench
