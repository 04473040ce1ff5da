// SPDX-License-Identifier: Apache-2.0
// The matrices of every F(m, r), in exact arithmetic.
#include "highway/toom_cook/transforms.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "support/fast_accuracy.h"
#include "toom_cook/fraction.h"
#include "toom_cook/offered.h"

using deconv::toom_transform;
using deconv::ToomTransform;
using deconv_test::for_every_transform;
using deconv_test::Fraction;

namespace {

bool exact_float(double value) { return static_cast<double>(static_cast<float>(value)) == value; }

// The finite points: the outputs' second power of each.
std::vector<Fraction> points(const ToomTransform& t) {
  std::vector<Fraction> points;
  for (int j = 0; j + 1 < t.points(); ++j) points.push_back(Fraction::of(t.output[1][j]));
  return points;
}

// Product of the differences of point j from the others: what its weights are divided by.
Fraction differences(const std::vector<Fraction>& points, size_t j) {
  Fraction product(1);
  for (size_t l = 0; l < points.size(); ++l) {
    if (l != j) product = product * (points[j] - points[l]);
  }
  return product;
}

Fraction power(const Fraction& base, int exponent) { return exponent == 0 ? Fraction(1) : base * power(base, exponent - 1); }

// [point][tap], from the points alone.
std::vector<std::vector<Fraction>> exact_weights(const ToomTransform& t) {
  const std::vector<Fraction> p = points(t);
  std::vector<std::vector<Fraction>> weights(p.size() + 1, std::vector<Fraction>(static_cast<size_t>(t.taps)));
  for (size_t j = 0; j < p.size(); ++j) {
    for (int k = 0; k < t.taps; ++k) weights[j][static_cast<size_t>(k)] = power(p[j], k) / differences(p, j);
  }
  weights.back().back() = Fraction(1);
  return weights;
}

// The factor c by its definition: of the absolute values of an output's terms, for |x| <= 1 and one weight of 1.
Fraction exact_factor(const ToomTransform& t) {
  const std::vector<std::vector<Fraction>> weights = exact_weights(t);
  Fraction most;
  for (int i = 0; i < t.outputs; ++i) {
    for (size_t k = 0; k < static_cast<size_t>(t.taps); ++k) {
      Fraction sum;
      for (int j = 0; j < t.points(); ++j) {
        Fraction inputs;
        for (int c = 0; c < t.points(); ++c) inputs = inputs + Fraction::of(t.input[j][c]).magnitude();
        sum = sum + Fraction::of(t.output[i][j]).magnitude() * inputs * weights[static_cast<size_t>(j)][k].magnitude();
      }
      if (most < sum) most = sum;
    }
  }
  return most;
}

}  // namespace

TEST_CASE("transforms: entries of inputs and outputs are exact floats, weights the nearest doubles") {
  for_every_transform([](int outputs, int taps) {
    CAPTURE(outputs);
    CAPTURE(taps);
    const ToomTransform t = toom_transform(outputs, taps);
    CHECK(t.outputs == outputs);
    CHECK(t.taps == taps);
    CHECK(t.points() == outputs + taps - 1);
    const std::vector<std::vector<Fraction>> weights = exact_weights(t);
    for (int j = 0; j < t.points(); ++j) {
      for (int c = 0; c < t.points(); ++c) CHECK(exact_float(t.input[j][c]));
      for (int i = 0; i < outputs; ++i) CHECK(exact_float(t.output[i][j]));
      for (int k = 0; k < taps; ++k) CHECK(t.weights[j][k] == weights[static_cast<size_t>(j)][static_cast<size_t>(k)].value());
    }
  });
}

TEST_CASE("transforms: points differ, outputs are their powers and infinity's") {
  for_every_transform([](int outputs, int taps) {
    CAPTURE(outputs);
    CAPTURE(taps);
    const ToomTransform t = toom_transform(outputs, taps);
    const std::vector<Fraction> p = points(t);
    for (size_t j = 0; j < p.size(); ++j) {
      CHECK_FALSE(differences(p, j) == Fraction(0));
      for (int i = 0; i < outputs; ++i) CHECK(Fraction::of(t.output[i][j]) == power(p[j], i));
    }
    for (int i = 0; i < outputs; ++i) CHECK(t.output[i][t.points() - 1] == (i == outputs - 1 ? 1.0 : 0.0));
  });
}

TEST_CASE("transforms: an output is its own taps of its own inputs and nothing else") {
  for_every_transform([](int outputs, int taps) {
    CAPTURE(outputs);
    CAPTURE(taps);
    const ToomTransform t = toom_transform(outputs, taps);
    const std::vector<std::vector<Fraction>> weights = exact_weights(t);
    for (int i = 0; i < outputs; ++i) {
      for (int k = 0; k < taps; ++k) {
        for (int c = 0; c < t.points(); ++c) {
          Fraction sum;
          for (int j = 0; j < t.points(); ++j) {
            sum =
                sum + Fraction::of(t.output[i][j]) * weights[static_cast<size_t>(j)][static_cast<size_t>(k)] * Fraction::of(t.input[j][c]);
          }
          CHECK(sum == Fraction(c == i + k ? 1 : 0));
        }
      }
    }
  });
}

TEST_CASE("transforms: one output or one tap is the filter itself") {
  for (int length = 1; length <= deconv::kMostTaps; ++length) {
    for (const bool one_tap : {false, true}) {
      const ToomTransform t = one_tap ? toom_transform(length, 1) : toom_transform(1, length);
      CAPTURE(length);
      CAPTURE(one_tap);
      CHECK(t.points() == length);
      CHECK(t.amplification() == 1);
      CHECK(t.noise() == doctest::Approx(1));
      for (int i = 0; i < t.outputs; ++i) {
        for (int k = 0; k < t.taps; ++k) {
          for (int c = 0; c < t.points(); ++c) {
            double sum = 0;
            for (int j = 0; j < t.points(); ++j) sum += t.output[i][j] * t.weights[j][k] * t.input[j][c];
            CHECK(sum == (c == i + k ? 1 : 0));
          }
        }
      }
    }
  }
}

TEST_CASE("transforms: the documented factors are the matrices'") {
  for_every_transform([](int outputs, int taps) {
    CAPTURE(outputs);
    CAPTURE(taps);
    const ToomTransform t = toom_transform(outputs, taps);
    const double factor = exact_factor(t).value();
    // Rounded up to three digits.
    CHECK(deconv_test::documented_factor(outputs, taps) >= factor);
    CHECK(deconv_test::documented_factor(outputs, taps) < factor + 1e-3);
    CHECK(t.amplification() == doctest::Approx(factor).epsilon(1e-14));
    // The phases of one tap less share the axis' factor.
    CHECK(toom_transform(outputs, taps - 1).amplification() <= t.amplification());
  });
  CHECK(deconv_test::documented_factor(1, 1) == 1);
  CHECK(deconv_test::documented_factor(6, 2) == 0);
  CHECK(deconv_test::documented_factor(1, 2) == 0);
}
