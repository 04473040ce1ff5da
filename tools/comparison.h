// SPDX-License-Identifier: Apache-2.0
// Two runs of `deconv bench`, row by row: which rows became slower or faster, beyond chance and worth mentioning.
//
// Rounds are spread over a run and set up anew, so that they differ by what the machine does and by where tensors lie; two runs of one
// build differ by no more, but for drift from one run to the other. What is tested has one figure for each round:
//   * of runs by turns (turns.h), which have no drift: the median ratio of the round's samples, each over the one that the other run took
//     next to it. What slowed both is gone from it;
//   * of runs one after the other: the lower quartile of the round's samples, without rounds that were interrupted and without those in
//     which the control loop was 10 % slower than at its fastest in both runs. What is left must be enough.
// A row is significant if both hold:
//   * an exact two-sided test (Wilcoxon's signed ranks by turns, else his rank sum) rejects "no difference" after Benjamini and Hochberg's
//     correction for the number of rows compared: of the rows it rejects at most a part of `level` is expected to be a false alarm, and
//     where no row differs the probability of any alarm among all rows is at most `level`, whatever the rounds' distribution is;
//   * its ratio lies at least `least` from 1. That is what holds against drift, which the rank sum test takes for a difference.
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
  bool by_turns = false;  // rounds in pairs
  Verdict verdict = Verdict::kSame;
};

struct Comparison {
  std::vector<RowComparison> rows;
  std::vector<std::string> only_in_one;  // rows that cannot be compared, with the reason
  bool by_turns = false;                 // every row
  bool too_noisy = false;                // one of the runs says so of itself, and they took no turns

  int count(Verdict verdict) const;
};

// Throws std::runtime_error where a file names a row twice.
Comparison compare(const Results& a, const Results& b, const ComparisonOptions& options);

}  // namespace deconv::tool
