// SPDX-License-Identifier: Apache-2.0
// Order statistics: what they say holds whatever the distribution of the samples is.
#pragma once

#include <vector>

namespace deconv::tool {

// Mean of the two in the middle where their number is even. Not of nothing.
double median(std::vector<double> values);

// The value that a part `q` of the sorted ones lies below, interpolated. Not of nothing.
double quantile(std::vector<double> values, double q);

// Holds the median of what the values are drawn from with probability `coverage`, the least one of at least 0.95 that a pair of order
// statistics gives. Fewer than six values have none: coverage is 0.
struct Interval {
  double low = 0, high = 0, coverage = 0;
};
Interval median_interval(std::vector<double> values);

// How far b lies above a: the Hodges-Lehmann shift (median of all differences b - a), its interval of at least 0.95, and the probability
// of a rank sum at least as far from its mean where both come from one distribution (Wilcoxon, Mann and Whitney; exact, two-sided; ties
// count half). Not of nothing; without an interval (too few values) low and high are infinite.
struct Shift {
  double value = 0, low = 0, high = 0, probability = 1;
};
Shift shift(const std::vector<double>& a, const std::vector<double>& b);

// The same for b - a of each pair: the Hodges-Lehmann median of the averages of two differences, and Wilcoxon's signed rank test (exact,
// two-sided; differences of 0 are left out, equal ones share their ranks). What both of a pair have in common is gone. Not of nothing.
Shift paired_shift(const std::vector<double>& differences);

// Which hypotheses are rejected so that of those rejected a part of at most `level` is expected to be false, and, where all are true, the
// probability of any rejection is at most `level` (Benjamini and Hochberg 1995).
std::vector<bool> false_discovery_rate(const std::vector<double>& probabilities, double level);

}  // namespace deconv::tool
