// SPDX-License-Identifier: Apache-2.0
// Checks the very tensors that are timed, at any size.
#pragma once

#include <string>

#include "layer.h"
#include "tolerance.h"

namespace deconv::bench {

struct Tensors {
  const float* src;
  const float* weights;  // DECONV_WEIGHTS_IO, transposed form
  const float* bias;     // null: none
  const float* dst;
};

// "" when right. Every element of dst must be a number (callers poison it with NaN first); a sample of outputs, corners first, is
// computed in double from the definition and must agree within gamma_n * (sum |x*w| + |bias|), gamma_n = n*u / (1 - n*u) for n terms, or
// within the bound of a fast algorithm: gamma_n * (c * largest |x| * sum |w| + |bias|).
std::string verify_sample(const Layer& layer, Layouts layouts, const Tolerance& promised, const Tensors& tensors);

}  // namespace deconv::bench
