// SPDX-License-Identifier: Apache-2.0
#include "support/tolerance.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace deconv_test {
namespace {

// Largest |f'|: what an error of the argument is multiplied by.
double lipschitz(const Problem& p, double slope) {
  switch (p.activation) {
    case DECONV_ACTIVATION_LEAKY_RELU:
    case DECONV_ACTIVATION_ELU:
      return std::max(1.0, std::fabs(static_cast<double>(p.alpha)));
    case DECONV_ACTIVATION_PRELU:
      return std::max(1.0, std::fabs(slope));
    case DECONV_ACTIVATION_SIGMOID:
      return 0.25;  // at 0
    case DECONV_ACTIVATION_GELU_ERF:
      return 1.13;  // 1.1289 at sqrt(2)
    case DECONV_ACTIVATION_GELU_TANH:
      return 1.13;  // 1.1291 near 1.42
    case DECONV_ACTIVATION_SILU:
      return 1.1;  // 1.0998 at 2.3994
    case DECONV_ACTIVATION_HARDSWISH:
      return 1.5;  // (2x + 3) / 6 at 3
    default:
      return 1.0;
  }
}

// What eight units in the last place are taken of: the value, or the size of the terms that cancel in the documented formula. Below the
// smallest normal number the spacing of floats no longer shrinks.
double activation_scale(const Problem& p, const Element& e) {
  const double value = std::max(std::fabs(e.value), static_cast<double>(FLT_MIN));
  switch (p.activation) {
    case DECONV_ACTIVATION_GELU_ERF:  // 1 + erf(..) and 1 + tanh(..) cancel for negative x: error u of 1, times |x|
    case DECONV_ACTIVATION_GELU_TANH:
    case DECONV_ACTIVATION_HARDSWISH:  // x/6 + 1/2 cancels near -3
      return std::max(value, std::fabs(e.argument));
    case DECONV_ACTIVATION_ELU:  // exp(x) - 1 cancels near 0: error u of 1, times |alpha|
      return std::max(value, std::fabs(static_cast<double>(p.alpha)));
    case DECONV_ACTIVATION_SILU:  // x times a sigmoid that may be below the normal range
      return std::max(value, std::fabs(e.argument) * static_cast<double>(FLT_MIN));
    default:
      return value;
  }
}

// A sigmoid below the normal range may be flushed to zero: 1 + exp(-x) overflows near it, and an exp that builds 2^n from two factors
// (oneDNN's) flushes one binade earlier.
double flushed(const Problem& p, const Element& e) {
  const double sigmoid = 2.0 * static_cast<double>(FLT_MIN);
  if (p.activation == DECONV_ACTIVATION_SIGMOID) return sigmoid;
  return p.activation == DECONV_ACTIVATION_SILU ? std::fabs(e.argument) * sigmoid : 0.0;
}

// Relative error of the activation itself, given its argument as a float.
double activation_error(deconv_activation activation) {
  switch (activation) {
    case DECONV_ACTIVATION_NONE:
    case DECONV_ACTIVATION_RELU:
    case DECONV_ACTIVATION_CLAMP:
      return 0;
    case DECONV_ACTIVATION_LEAKY_RELU:
    case DECONV_ACTIVATION_PRELU:
      return kUnitRoundoff;  // one multiplication
    default:
      return 16 * kUnitRoundoff;  // 8 ulp; an ulp is at most 2u of the value
  }
}

}  // namespace

double gamma_n(int64_t n) {
  const double nu = static_cast<double>(n) * kUnitRoundoff;
  return nu / (1 - nu);
}

bool exact_activation(deconv_activation activation) { return activation <= DECONV_ACTIVATION_CLAMP; }

double error_bound(const Problem& p, const Element& e) {
  // Every product is rounded once and summed at most `terms` times; scale, bias, residual and the store are one rounding each.
  const double sum_error = e.terms == kExactArgument ? 0.0 : gamma_n(e.terms + 4) * e.magnitude;
  return lipschitz(p, e.slope) * sum_error + activation_error(p.activation) * activation_scale(p, e) + flushed(p, e);
}

}  // namespace deconv_test
