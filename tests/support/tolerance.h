// SPDX-License-Identifier: Apache-2.0
// How far a float result may be from the double reference. Derived (docs/testing.md), never tuned.
#pragma once

#include <cstdint>

#include "support/problem.h"

namespace deconv_test {

// Unit roundoff of float: a correctly rounded operation has relative error at most this.
constexpr double kUnitRoundoff = 0x1p-24;

// n*u / (1 - n*u): bound on the relative error of n roundings in a row (Higham, Accuracy and Stability, lemma 3.1).
double gamma_n(int64_t n);

// Whether plain float arithmetic computes the activation of an exact argument with a single rounding, so that exact fills demand bit
// equality.
bool exact_activation(deconv_activation activation);

// Exact fills: the argument has no rounding error, only the activation has.
constexpr int64_t kExactArgument = -1;

struct Element {
  double value;      // the reference's result
  double argument;   // what the activation was applied to
  double magnitude;  // |scale| * sum |x*w| + |bias| + |residual|
  int64_t terms;     // products summed, or kExactArgument
  double slope;      // prelu
};
double error_bound(const Problem& problem, const Element& element);

}  // namespace deconv_test
