// SPDX-License-Identifier: Apache-2.0
// Data for measurements of accuracy, and some outputs of a layer computed in double with the size that toom_cook's bound multiplies.
#pragma once

#include <cstdint>
#include <vector>

#include "support/fast_accuracy.h"
#include "support/fill.h"
#include "support/problem.h"

namespace deconv_test {

enum class DataKind {
  kNormal,  // src and weights of a normal distribution
  kAdverse  // src alternates along every axis and weights do not: taps cancel. Channels differ by factors of up to 2^8
};
const char* kind_name(DataKind kind);

// Canonical, as fill_tensors makes them: a function of the problem's geometry and the kind alone.
Tensors make_tensors(const Problem& problem, DataKind kind);

struct SampledOutput {
  int64_t index;     // in [N][OC][out spatial]
  double value;      // the result; sums in double, no epilogue but the bias
  double magnitude;  // c * (sum over channels of the largest |x| near the output * the sum of its phase's |w|) + |bias|
};

// `channels` output channels of one group and image at each of `positions` positions: all corners, then random ones.
std::vector<SampledOutput> sample_outputs(const Problem& problem, const Tensors& tensors, const FastAlgorithm& algorithm, int positions,
                                          int channels);

}  // namespace deconv_test
