// SPDX-License-Identifier: Apache-2.0
// The activations of the naive backend (core/epilogue.h) and of each instruction set against double, at the bounds that
// lib/highway/epilogue_kernels-inl.h documents.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "activation_test_kernels.h"
#include "core/epilogue.h"
#include "core/isa.h"
#include "support/reference.h"

using deconv::Epilogue;
using deconv_test::activate_on;
using deconv_test::Problem;
using deconv_test::Width;

namespace {

constexpr float kSlope = 0.3f;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLargest = std::numeric_limits<float>::max();

constexpr deconv_activation kAll[] = {DECONV_ACTIVATION_NONE,  DECONV_ACTIVATION_RELU,      DECONV_ACTIVATION_LEAKY_RELU,
                                      DECONV_ACTIVATION_PRELU, DECONV_ACTIVATION_CLAMP,     DECONV_ACTIVATION_SIGMOID,
                                      DECONV_ACTIVATION_TANH,  DECONV_ACTIVATION_GELU_ERF,  DECONV_ACTIVATION_GELU_TANH,
                                      DECONV_ACTIVATION_SILU,  DECONV_ACTIVATION_HARDSWISH, DECONV_ACTIVATION_ELU};

Epilogue epilogue(deconv_activation activation) {
  Epilogue e;
  e.activation = activation;
  e.alpha = 0.75f;
  e.clamp_min = -1.5f;
  e.clamp_max = 6.0f;
  return e;
}

double exact(const Epilogue& e, float x) {
  Problem p;
  p.activation = e.activation;
  p.alpha = e.alpha;
  p.clamp_min = e.clamp_min;
  p.clamp_max = e.clamp_max;
  return deconv_test::activate(p, x, kSlope);
}

float from_bits(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

uint32_t to_bits(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

// Every 16411th float of either sign, largest included (prime, so that the low bits vary), and every 1/512 in [-120, 120].
std::vector<float> sweep() {
  std::vector<float> x = {kLargest, -kLargest, kInfinity, -kInfinity};
  for (uint32_t bits = 0; bits < to_bits(kInfinity); bits += 16411) {
    x.push_back(from_bits(bits));
    x.push_back(-from_bits(bits));
  }
  for (int i = -120 * 512; i <= 120 * 512; ++i) x.push_back(static_cast<float>(i) / 512.0f);
  return x;
}

double ulp(double y) {
  int exponent;
  std::frexp(y, &exponent);
  return std::ldexp(1.0, std::max(exponent, -125) - 24);
}

// The vector versions' documented bound.
double vector_bound(deconv_activation activation, float x, double y) {
  if (x < -1.0f && activation == DECONV_ACTIVATION_GELU_ERF) return 0x1p-23;
  if (x < -1.0f && activation == DECONV_ACTIVATION_GELU_TANH) return 0x1p-24;
  return (activation == DECONV_ACTIVATION_GELU_ERF ? 8 : 4) * ulp(y) + 0x1p-142;
}

// The definition rounds once, except where it is float arithmetic.
double scalar_bound(deconv_activation activation, float x, double y) {
  if (activation == DECONV_ACTIVATION_HARDSWISH) return 4 * ulp(y);
  // The reference, in double, has errors of its own: its 1 + tanh cancels at negative x.
  const double reference_error = activation == DECONV_ACTIVATION_GELU_TANH && x < 0.0f ? -0x1p-52 * x : 0.0;
  return 0.5 * ulp(y) * (1 + 0x1p-20) + reference_error;
}

struct Worst {
  double excess = 0.0;  // error over bound
  float x = 0.0f, y = 0.0f;
  void see(float at, float result, double expected, double bound) {
    const bool same = result == expected;  // infinities
    const double ratio = same ? 0.0 : std::fabs(result - expected) / bound;
    if (ratio <= excess) return;
    excess = std::isnan(ratio) ? HUGE_VAL : ratio;
    x = at;
    y = result;
  }
};

void check_sweep(const std::vector<float>& x, const std::vector<float>& y, const Epilogue& e, bool vector) {
  Worst worst;
  for (size_t i = 0; i < x.size(); ++i) {
    const double expected = exact(e, x[i]);
    worst.see(x[i], y[i], expected, vector ? vector_bound(e.activation, x[i], expected) : scalar_bound(e.activation, x[i], expected));
  }
  CAPTURE(e.activation);
  CAPTURE(worst.x);
  CAPTURE(worst.y);
  CHECK(worst.excess <= 1.0);
}

float scalar(const Epilogue& e, float x) { return deconv::activate(e, x, kSlope); }

// Whatever the bounds say: these values are exact.
template <class Activate>
void check_special_values(Activate activate) {
  const float nans[] = {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()};
  for (const deconv_activation a : kAll) {
    CAPTURE(a);
    for (const float nan : nans) CHECK(std::isnan(activate(epilogue(a), nan)));
    CHECK(activate(epilogue(a), 0.0f) == (a == DECONV_ACTIVATION_SIGMOID ? 0.5f : 0.0f));
    CHECK(activate(epilogue(a), -0.0f) == (a == DECONV_ACTIVATION_SIGMOID ? 0.5f : 0.0f));
  }
  struct Limit {
    deconv_activation activation;
    float at_minus_infinity, at_infinity;
  };
  const Limit limits[] = {
      {DECONV_ACTIVATION_RELU, 0.0f, kInfinity},      {DECONV_ACTIVATION_LEAKY_RELU, -kInfinity, kInfinity},
      {DECONV_ACTIVATION_CLAMP, -1.5f, 6.0f},         {DECONV_ACTIVATION_SIGMOID, 0.0f, 1.0f},
      {DECONV_ACTIVATION_TANH, -1.0f, 1.0f},          {DECONV_ACTIVATION_GELU_ERF, 0.0f, kInfinity},
      {DECONV_ACTIVATION_GELU_TANH, 0.0f, kInfinity}, {DECONV_ACTIVATION_SILU, 0.0f, kInfinity},
      {DECONV_ACTIVATION_HARDSWISH, 0.0f, kInfinity}, {DECONV_ACTIVATION_ELU, -0.75f, kInfinity},
  };
  for (const Limit& limit : limits) {
    CAPTURE(limit.activation);
    const Epilogue e = epilogue(limit.activation);
    CHECK(activate(e, -kInfinity) == limit.at_minus_infinity);
    CHECK(activate(e, kInfinity) == limit.at_infinity);
    if (std::isfinite(limit.at_minus_infinity)) CHECK(activate(e, -kLargest) == limit.at_minus_infinity);
    CHECK(activate(e, kLargest) == std::min(kLargest, limit.at_infinity));
  }
}

}  // namespace

TEST_CASE("activate is the rounded function") {
  const std::vector<float> x = sweep();
  std::vector<float> y(x.size());
  for (const deconv_activation a : kAll) {
    const Epilogue e = epilogue(a);
    std::transform(x.begin(), x.end(), y.begin(), [&](float value) { return scalar(e, value); });
    check_sweep(x, y, e, false);
  }
  check_special_values(scalar);
}

TEST_CASE("every instruction set stays within the documented bounds") {
  const std::vector<float> x = sweep();
  REQUIRE(!deconv::isa_names().empty());
  for (const std::string isa : deconv::isa_names()) {
    CAPTURE(isa);
    for (const deconv_activation a : kAll) {
      const Epilogue e = epilogue(a);
      std::vector<float> y = x;
      REQUIRE(activate_on(isa, Width::kWhole, e, kSlope, y.data(), y.size()) == isa);
      check_sweep(x, y, e, true);
    }
    check_special_values([&](const Epilogue& e, float value) {
      activate_on(isa, Width::kWhole, e, kSlope, &value, 1);
      return value;
    });
  }
}

TEST_CASE("activations that are float arithmetic are bit for bit the definition") {
  const std::vector<float> x = sweep();
  for (const std::string isa : deconv::isa_names()) {
    CAPTURE(isa);
    for (const deconv_activation a : kAll) {
      if (a > DECONV_ACTIVATION_CLAMP && a != DECONV_ACTIVATION_HARDSWISH) continue;
      CAPTURE(a);
      const Epilogue e = epilogue(a);
      std::vector<float> y = x;
      activate_on(isa, Width::kWhole, e, kSlope, y.data(), y.size());
      size_t different = 0;
      for (size_t i = 0; i < x.size(); ++i) different += to_bits(y[i]) != to_bits(scalar(e, x[i]));
      CHECK(different == 0);
    }
  }
}

TEST_CASE("a value's result does not depend on its lane, the tail or the vector's width") {
  const std::vector<float> x = sweep();
  for (const std::string isa : deconv::isa_names()) {
    CAPTURE(isa);
    for (const deconv_activation a : kAll) {
      CAPTURE(a);
      const Epilogue e = epilogue(a);
      std::vector<float> whole = x, shifted = x, four = x, one = x;
      activate_on(isa, Width::kWhole, e, kSlope, whole.data(), whole.size());
      activate_on(isa, Width::kWhole, e, kSlope, shifted.data(), 3);
      activate_on(isa, Width::kWhole, e, kSlope, shifted.data() + 3, shifted.size() - 3);
      activate_on(isa, Width::kFour, e, kSlope, four.data(), four.size());
      activate_on(isa, Width::kOne, e, kSlope, one.data(), one.size());
      CHECK(std::memcmp(whole.data(), shifted.data(), whole.size() * sizeof(float)) == 0);
      CHECK(std::memcmp(whole.data(), four.data(), whole.size() * sizeof(float)) == 0);
      CHECK(std::memcmp(whole.data(), one.data(), whole.size() * sizeof(float)) == 0);
    }
  }
}

TEST_CASE("absent parts of the epilogue are skipped") {
  Epilogue e = epilogue(DECONV_ACTIVATION_RELU);
  CHECK(deconv::apply_epilogue(e, 2.0f, NAN, NAN, NAN, NAN) == 2.0f);
  e.has_scale = true;
  CHECK(deconv::apply_epilogue(e, 2.0f, 3.0f, NAN, NAN, NAN) == 6.0f);
  e.has_bias = true;
  CHECK(deconv::apply_epilogue(e, 2.0f, 3.0f, 4.0f, NAN, NAN) == 10.0f);
  e.has_residual = true;
  CHECK(deconv::apply_epilogue(e, 2.0f, 3.0f, 4.0f, -10.5f, NAN) == 0.0f);
  e.activation = DECONV_ACTIVATION_PRELU;
  CHECK(deconv::apply_epilogue(e, 2.0f, 3.0f, 4.0f, -12.0f, 0.5f) == -1.0f);
}
