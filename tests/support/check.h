// SPDX-License-Identifier: Apache-2.0
// The one function that says whether a backend computes a problem rightly: tables, random tests and benchmarks all call it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "support/fast_accuracy.h"
#include "support/fill.h"
#include "support/layer.h"
#include "support/problem.h"
#include "support/reference.h"

namespace deconv_test {

enum class Verdict { kPassed, kUnsupported, kFailed };

struct CheckResult {
  Verdict verdict = Verdict::kPassed;
  std::string message;         // unsupported: the library's reason; failed: what, where, by how much, and the words that reproduce it
  int64_t elements = 0;        // compared
  double max_error = 0;        // absolute, over all elements; 0 where bit equality was demanded and found
  double max_error_ratio = 0;  // largest error / bound; 0 where bit equality was demanded
  std::string description;     // what ran
};

// Tensors of a problem and what it must give, computed once for any number of targets: the reference takes most of a check's time.
class Expectation {
 public:
  Expectation(const Problem& problem, Fill fill) : problem_(problem), fill_(fill), tensors_(fill_tensors(problem, fill)) {}

  CheckResult check(const Target& target, const RunOptions& options);

 private:
  CheckResult run_and_compare(const Target& target, const RunOptions& options);
  const Reference& reference();
  const FastBound& bound_of(const std::string& plan_description);

  Problem problem_;
  Fill fill_;
  Tensors tensors_;
  std::optional<Reference> reference_;       // where a target has run
  std::map<std::string, FastBound> bounds_;  // of the algorithms that have run, by FastAlgorithm::name()
};

// Where tensors of this problem lie: they touch the guard page behind or in front. The problem's words decide, so that a repetition is the
// same.
RunOptions placed(const Problem& problem);

// One problem on one target, placed as its words decide.
CheckResult check(const Problem& problem, const Target& target, Fill fill);

// Compares canonical values with what the problem must give for these tensors. Fills verdict, message (without repro words), elements,
// errors. The plan's description names a fast algorithm, whose own bound then holds instead of equal bits (fast_accuracy.h).
CheckResult compare(const Problem& problem, const Tensors& tensors, Fill fill, const std::vector<float>& got,
                    const std::string& plan_description);

// The command-line words that repeat a check: --backend=.. --fill=.. --case="..".
std::string repro(const Problem& problem, const Target& target, Fill fill);

// The running check's repro words, for a handler of fatal signals; "" between checks.
const char* current_check();

}  // namespace deconv_test
