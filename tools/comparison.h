// SPDX-License-Identifier: Apache-2.0
// Two runs of `deconv bench`, row by row: which rows became slower or faster, beyond chance and worth mentioning.
//
// A row's sample is one figure for each of its rounds: the lower quartile of the samples that nobody interrupted. Rounds without such a
// sample, and rounds in which the control loop was 10 % slower than at its fastest in both runs, are left out: what is left must be enough.
// Rounds are spread over a run and set up anew, so that they differ by what the machine does and by where tensors lie; two runs of one
// build differ by no more, but for drift from one run to the other. A row is significant if both hold:
//   * the exact two-sided rank sum test (Wilcoxon, Mann and Whitney) over the rounds rejects "no difference" after Benjamini and Hochberg's
//     correction for the number of rows compared: of the rows it rejects at most a part of `level` is expected to be a false alarm, and
//     where no row differs the probability of any alarm among all rows is at most `level`, whatever the rounds' distribution is;
//   * its ratio lies at least `least` from 1. That is what holds against drift, which the test takes for a difference.
#pragma once

#include <string>
#include <vector>

#include "result.h"

namespace deconv::tool {

struct ComparisonOptions {
  double level = 0.05;
  double least = 0.05;
};

enum class Verdict { kSame, kSlower, kFaster, kUndecided };

struct RowComparison {
  std::string layer, place, variant;  // place: "nchw t1"
  double a_ms = 0, b_ms = 0;
  double ratio = 1, low = 1, high = 1;  // B over A with an interval of 0.95
  double probability = 1;
  Verdict verdict = Verdict::kSame;
};

struct Comparison {
  std::vector<RowComparison> rows;
  std::vector<std::string> only_in_one;  // rows that cannot be compared, with the reason
  bool too_noisy = false;                // one of the runs says so of itself

  int count(Verdict verdict) const;
};

// Throws std::runtime_error where a file names a row twice.
Comparison compare(const Results& a, const Results& b, const ComparisonOptions& options);

}  // namespace deconv::tool
