// SPDX-License-Identifier: Apache-2.0
// The one function that says whether a backend computes a problem rightly: tables, random tests and benchmarks all call it.
#pragma once

#include <string>

#include "support/fill.h"
#include "support/layer.h"
#include "support/problem.h"

namespace deconv_test {

enum class Verdict { kPassed, kUnsupported, kFailed };

struct CheckResult {
  Verdict verdict = Verdict::kPassed;
  std::string message;         // unsupported: the library's reason; failed: what, where, by how much, and the words that reproduce it
  int64_t elements = 0;        // compared
  double max_error = 0;        // absolute, over all elements
  double max_error_ratio = 0;  // largest error / bound; 0 where bit equality was demanded
  std::string description;     // what ran
};

CheckResult check(const Problem& problem, const Target& target, Fill fill, const RunOptions& options);

// With memory that touches the guard page behind it or in front of it: the problem's words decide, so that a repetition is the same.
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
