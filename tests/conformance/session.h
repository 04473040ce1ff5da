// SPDX-License-Identifier: Apache-2.0
// What one run of the conformance suite was asked to judge, and the tally.
#pragma once

#include <cstdint>
#include <string>

#include "support/check.h"

namespace deconv_test {

struct Session {
  Target target;
  uint64_t seed = 1;   // of the random family
  bool full = false;   // the long sweep
  double seconds = 0;  // for the random family; 0: 5, or 120 in the long sweep
  int64_t passed = 0, failed = 0, unsupported = 0;

  // naive and highway promise more than a library underneath can: equal bits for any thread count, NaN and limits through every activation.
  bool own_backend() const { return target.backend == "naive" || target.backend == "highway"; }

  // Whether the target may decline legal problems. naive and highway may not, unless an algorithm is forced.
  bool may_decline() const { return !target.algorithm.empty() || !own_backend(); }

  // Checks one problem; a failure is reported to doctest. Returns false after too many failures: the family should stop.
  bool run(const Problem& problem, Fill fill = Fill::kExact) { return tally(problem, fill, check(problem, target, fill)); }
  bool run(const Problem& problem, Fill fill, const RunOptions& options) {
    return tally(problem, fill, check(problem, target, fill, options));
  }
  bool run(const std::string& text, Fill fill = Fill::kExact) { return run(parse_problem(text), fill); }
  // The same in both layouts.
  bool run_layouts(Problem problem, Fill fill = Fill::kExact);

  // For properties that do not go through check(): counts, and reports `message` when not ok.
  void report(bool ok, const std::string& message);
  // Counts a decline and reports it where the target may not.
  void report_unsupported(const std::string& words, const std::string& reason);

 private:
  bool tally(const Problem& problem, Fill fill, const CheckResult& result);
};

Session& session();

}  // namespace deconv_test
