// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "support/reference.h"

namespace deconv_test {

double activate(const Problem& p, double x, double slope) {
  constexpr double kSqrtHalf = 0.70710678118654752440;
  constexpr double kSqrtTwoOverPi = 0.79788456080286535588;
  const double alpha = p.alpha;
  if (x == -INFINITY) {
    // The limit, where the formula is -inf * 0.
    if (p.activation == DECONV_ACTIVATION_GELU_ERF || p.activation == DECONV_ACTIVATION_GELU_TANH) return 0;
    if (p.activation == DECONV_ACTIVATION_SILU || p.activation == DECONV_ACTIVATION_HARDSWISH) return 0;
  }
  switch (p.activation) {
    case DECONV_ACTIVATION_NONE:
      return x;
    case DECONV_ACTIVATION_RELU:
      return std::max(x, 0.0);
    case DECONV_ACTIVATION_LEAKY_RELU:
      return x >= 0 ? x : alpha * x;
    case DECONV_ACTIVATION_PRELU:
      return x >= 0 ? x : slope * x;
    case DECONV_ACTIVATION_CLAMP:
      return std::min(std::max(x, static_cast<double>(p.clamp_min)), static_cast<double>(p.clamp_max));
    case DECONV_ACTIVATION_SIGMOID:
      return 1 / (1 + std::exp(-x));
    case DECONV_ACTIVATION_TANH:
      return std::tanh(x);
    case DECONV_ACTIVATION_GELU_ERF:
      return x / 2 * std::erfc(-x * kSqrtHalf);
    case DECONV_ACTIVATION_GELU_TANH:
      return x / 2 * (1 + std::tanh(kSqrtTwoOverPi * (x + 0.044715 * x * x * x)));
    case DECONV_ACTIVATION_SILU:
      return x / (1 + std::exp(-x));
    case DECONV_ACTIVATION_HARDSWISH:
      return x * std::min(std::max(x + 3, 0.0), 6.0) / 6;
    case DECONV_ACTIVATION_ELU:
      return x >= 0 ? x : alpha * std::expm1(x);
  }
  return NAN;
}

}  // namespace deconv_test
