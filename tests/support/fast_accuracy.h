// SPDX-License-Identifier: Apache-2.0
// The error bound of toom_cook, as docs/accuracy.md documents it, computed from the tensors alone: nothing is known of where patches lie.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/fill.h"
#include "support/problem.h"

namespace deconv_test {

// F(m, r): m outputs of a phase of r taps. F(1, 1) where an axis has no transform.
struct FastAxis {
  int64_t outputs = 1, taps = 1;
};

struct FastAlgorithm {
  bool fast = false;  // false: every product is computed once
  FastAxis axes[3];

  // "F(3,2)F(1,1)F(1,1)"; "" where it is not fast.
  std::string name() const;
  // c: the product of the axes' factors.
  double factor() const;
  // n: roundings of a term: the products' sum, and on each axis as many as there are points before and after it.
  int64_t terms(int64_t channels) const;
};

// Reads "toom_cook F(3,2)xF(3,2)" in a plan's description. Throws std::runtime_error where an F has no documented factor.
FastAlgorithm fast_algorithm(const Problem& problem, const std::string& plan_description);

// The documented factor of F(outputs, taps) on one axis; 0: not offered.
double documented_factor(int64_t outputs, int64_t taps);

// [N][OC][out spatial]: c * |scale| * (sum over channels of the largest |x| near the output * the sum of its phase's |w|) + |bias| +
// |residual|. "Near": inputs that any output of a patch around it reaches, at most m - 1 outputs of the phase away.
std::vector<double> fast_magnitude(const Problem& problem, const Tensors& tensors, const FastAlgorithm& algorithm);

// What a fast algorithm's error is a multiple of, and its roundings. Magnitude is empty where the algorithm is not fast.
struct FastBound {
  std::vector<double> magnitude;
  int64_t terms = 0;
};
FastBound fast_bound(const Problem& problem, const Tensors& tensors, const FastAlgorithm& algorithm);

}  // namespace deconv_test
