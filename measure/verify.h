// SPDX-License-Identifier: Apache-2.0
// Checks the very tensors that are timed, at any size.
#pragma once

#include <string>

#include "layer.h"
#include "tolerance.h"

namespace deconv::bench {

struct Tensors {
  const float* src;
  const float* weights;  // in the layer's weights layout and form
  const float* bias;     // null: none, as for the three below
  const float* scale;
  const float* prelu_slopes;
  const float* residual;  // as it was before the run
  const float* dst;
};

// What the sample of outputs came to.
struct Verification {
  std::string error;  // "" when right
  double max_error = 0;
  double max_error_bound = 0;  // of the output with the largest error
  double error_of_bound = 0;   // largest share of its bound that an output's error takes
  double max_value = 0;        // largest magnitude
};

// Every element of dst must be a number (callers poison it with NaN first); a sample of outputs, corners first, is computed in double from
// the definition and must agree within the bound of docs/accuracy.md: gamma_n * (|scale| * sum |x*w| + |bias| + |residual|), gamma_n =
// n*u / (1 - n*u) for n - 4 products, or that of a fast algorithm, c * largest |x| * sum |w| in the place of sum |x*w|; then what the
// activation adds.
Verification verify_sample(const Layer& layer, Layouts layouts, const Tolerance& promised, const Tensors& tensors);

}  // namespace deconv::bench
