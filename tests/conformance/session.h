// SPDX-License-Identifier: Apache-2.0
// What one run of the conformance suite was asked to judge, and the tally of each target.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/check.h"

namespace deconv_test {

// One target and how it fared.
struct Candidate {
  explicit Candidate(Target judged) : target(std::move(judged)) {}

  Target target;
  int64_t passed = 0, failed = 0, unsupported = 0;
  int64_t family_failures = 0;  // of the TEST_CASE that runs
};

struct Session {
  std::vector<Candidate> candidates;  // of one backend and instruction set: its own choice, then each algorithm forced
  uint64_t seed = 1;                  // of the random family
  bool full = false;                  // the long sweep
  double seconds = 0;                 // for the random family; 0: 15, or 240 in the long sweep

  // The candidate whose turn it is, within for_each_target.
  const Target& target() const { return candidates[turn_].target; }

  // f() for each candidate that has not failed too often in this family. Returns false when none is left: the family should stop.
  template <class F>
  bool for_each_target(const F& f) {
    enter_family();
    bool any = false;
    for (turn_ = 0; turn_ < candidates.size(); ++turn_) {
      if (given_up()) continue;
      f();
      any = any || !given_up();
    }
    turn_ = 0;
    return any;
  }

  // naive and highway promise more than a library underneath can: equal bits for any thread count, NaN and limits through every activation.
  bool own_backend() const { return target().backend == "naive" || target().backend == "highway"; }

  // Whether the target may decline legal problems. naive and highway may not, unless an algorithm is forced.
  bool may_decline() const { return !target().algorithm.empty() || !own_backend(); }

  // Checks one problem on each target; failures are reported to doctest. Returns false after too many of them: the family should stop.
  bool run(const Problem& problem, Fill fill = Fill::kExact) { return run(problem, fill, {placed(problem).placement}); }
  bool run(const std::string& text, Fill fill = Fill::kExact) { return run(parse_problem(text), fill); }
  // With its tensors at each of these places.
  bool run(const Problem& problem, Fill fill, const std::vector<Placement>& placements);
  // Each in both layouts.
  bool run_layouts(Problem problem, Fill fill = Fill::kExact);
  bool run_layouts(Problem problem, const std::vector<Placement>& placements);

  // For properties that do not go through run(): counts, and reports `message` when not ok.
  void report(bool ok, const std::string& message);
  // Counts a decline and reports it where the target may not.
  void report_unsupported(const std::string& words, const std::string& reason);

 private:
  void enter_family();
  bool given_up() const;

  size_t turn_ = 0;
};

Session& session();

}  // namespace deconv_test
