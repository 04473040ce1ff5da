// SPDX-License-Identifier: Apache-2.0
// Tensors of a problem in one canonical order, whatever the problem's layouts: src, residual [N][C][spatial], weights
// [IC][OC/G][spatial] in transposed form. Deterministic: a function of the problem's geometry and the fill alone.
#pragma once

#include <string>
#include <vector>

#include "support/problem.h"

namespace deconv_test {

enum class Fill {
  kExact,       // small integers: every partial sum stays below 2^24, so that any order of plain sums gives the same bits
  kReal,        // uniform in [-1, 1], weights scaled so that outputs are of order 1
  kNan,         // kExact with one NaN in src
  kInf,         // kExact with one infinity in src
  kInfWeights,  // kExact with one infinity in the weights: no product with a padding zero may become NaN
  kImpulse,     // src is 0 but for one 1; weights as kExact
  kZeros,       // src is 0
  kDenormal     // kExact times 2^-140 (weights, scale and slopes apart): sums below the smallest normal number, exact nevertheless
};
const char* fill_name(Fill fill);
Fill parse_fill(const std::string& name);  // throws std::invalid_argument

struct Tensors {
  std::vector<float> src, weights, bias, scale, prelu_slopes, residual;  // absent ones are empty
};

// Throws std::invalid_argument where exact sums could reach 2^24.
Tensors fill_tensors(const Problem& problem, Fill fill);

// The fill of golden.txt: src[i] = (i*7+3)%9-4, weights[i] = (i*5+1)%7-3, bias[i] = i%5-2 over the flat index.
Tensors golden_tensors(const Problem& problem);

// Mixes bits; equal inputs give equal outputs on every platform.
uint64_t hash64(uint64_t value);

}  // namespace deconv_test
