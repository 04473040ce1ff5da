// SPDX-License-Identifier: Apache-2.0
// Transcendental functions are evaluated in double and rounded once. A NaN gives a NaN from every activation. At the infinities, where
// the plain formulas of silu, gelu and hardswish are inf * 0, the result is the limit: 0 at -inf, +inf at +inf.
#include "core/epilogue.h"

#include <algorithm>
#include <cmath>

namespace deconv {
namespace {

// 1 / (1 + exp(-x)), where exp(-x) overflows to +inf for x < -709: the quotient is then 0, as it should be.
double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// erfc does not cancel where 1 + erf would: gelu(-10) is -7.6e-23, not 0.
double gelu_erf(double x) { return 0.5 * x * std::erfc(-x * 0.70710678118654752); }

// (1 + tanh(u)) / 2 is sigmoid(2u), which does not cancel at negative u.
double gelu_tanh(double x) { return x * sigmoid(2.0 * 0.79788456080286536 * (x + 0.044715 * x * x * x)); }

// In float, in this order: t * (1/6) is exactly 1 for t = 6, so that x >= 3 passes unchanged and large x cannot overflow.
float hardswish(float x) {
  if (x <= -3.0f) return 0.0f;
  return x * (std::min(x + 3.0f, 6.0f) * (1.0f / 6.0f));
}

float clamp(float x, float low, float high) {
  if (x < low) return low;
  return x > high ? high : x;
}

float transcendental(const Epilogue& epilogue, float value) {
  const double x = value;
  const bool minus_infinity = std::isinf(value) && value < 0.0f;
  switch (epilogue.activation) {
    case DECONV_ACTIVATION_SIGMOID:
      return static_cast<float>(sigmoid(x));
    case DECONV_ACTIVATION_TANH:
      return static_cast<float>(std::tanh(x));
    case DECONV_ACTIVATION_GELU_ERF:
      return minus_infinity ? 0.0f : static_cast<float>(gelu_erf(x));
    case DECONV_ACTIVATION_GELU_TANH:
      return minus_infinity ? 0.0f : static_cast<float>(gelu_tanh(x));
    case DECONV_ACTIVATION_SILU:
      return minus_infinity ? 0.0f : static_cast<float>(x * sigmoid(x));
    case DECONV_ACTIVATION_ELU:
      return value < 0.0f ? static_cast<float>(epilogue.alpha * std::expm1(x)) : value;
    default:
      return value;
  }
}

}  // namespace

float activate(const Epilogue& epilogue, float x, float slope) noexcept {
  switch (epilogue.activation) {
    case DECONV_ACTIVATION_NONE:
      return x;
    case DECONV_ACTIVATION_RELU:
      return x < 0.0f ? 0.0f : x;
    case DECONV_ACTIVATION_LEAKY_RELU:
      return x < 0.0f ? epilogue.alpha * x : x;
    case DECONV_ACTIVATION_PRELU:
      return x < 0.0f ? slope * x : x;
    case DECONV_ACTIVATION_CLAMP:
      return clamp(x, epilogue.clamp_min, epilogue.clamp_max);
    case DECONV_ACTIVATION_HARDSWISH:
      return hardswish(x);
    default:
      return transcendental(epilogue, x);
  }
}

float apply_epilogue(const Epilogue& epilogue, float sum, float scale, float bias, float residual, float slope) noexcept {
  float x = sum;
  if (epilogue.has_scale) x *= scale;
  if (epilogue.has_bias) x += bias;
  if (epilogue.has_residual) x += residual;
  return activate(epilogue, x, slope);
}

}  // namespace deconv
