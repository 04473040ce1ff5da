// SPDX-License-Identifier: Apache-2.0
// The bilinear algorithm F(m, r): m outputs of an FIR filter of r taps from m + r - 1 products instead of m * r (Toom 1963, Cook 1966;
// Winograd 1980 for filters). Matrices come from interpolation points; every entry of `input` and `output` is an exact float.
#pragma once

namespace deconv {

// More than five finite points, and infinity, lose a digit of accuracy for little: see kFinitePoints.
constexpr int kMostPoints = 6;
// Longest filter, and most outputs, of a transform.
constexpr int kMostTaps = 5;
constexpr int kMostOutputs = 5;

// sum over k of x[i + k] * g[k], i < outputs, k < taps, is output * ((weights * g) .* (input * x)), x having points() entries.
struct ToomTransform {
  int outputs = 1, taps = 1;
  double input[kMostPoints][kMostPoints] = {};    // [point][input]
  double weights[kMostPoints][kMostPoints] = {};  // [point][tap]
  double output[kMostPoints][kMostPoints] = {};   // [output][point]

  constexpr int points() const { return outputs + taps - 1; }
  // The factor c of the error bound (docs/accuracy.md): with |x| <= 1 and sum |g| <= 1, the largest that the absolute values of an output's
  // terms can add up to. 1 for direct sums; the same for every F(m, r) of as many points.
  double amplification() const;
  // With independent random inputs and taps of one variance: the root mean square of an output's terms, added with independent signs, over
  // that of the output itself; of the output where it is largest. Rounding errors of random data grow with it. 1 for direct sums.
  double noise() const;
};

// The finite points beside infinity, by the number of all. Of all symmetric sixteenths these keep rounding errors of random data within 1
// per cent of their least and the factor c within 4: with five points 7.7 (11.3 for 1, -1, 1/2, -1/2; 14.3 for 0, 1, -1, 2 or 0, 1, -1,
// 1/2), with six 12.6 (14.3 for 0, 3/4, -3/4, 3/2, -3/2; 16.9 for 0, 1, -1, 1/2, -2; 29.3 for 0, 1, -1, 2, -2). Seven would be at 23, eight
// at 40, for 4 per cent fewer products.
constexpr double kFinitePoints[kMostPoints + 1][kMostPoints - 1] = {
    {}, {}, {}, {0, 1}, {0, 1, -1}, {0.4375, -0.4375, 1.25, -1.25}, {0, 0.6875, -0.6875, 1.4375, -1.4375}};

constexpr double toom_power(double base, int exponent) {
  double power = 1;
  for (int i = 0; i < exponent; ++i) power *= base;
  return power;
}

// Coefficients, lowest first, of the product of (z - p) over `count` points less the one numbered `without` (-1: none).
constexpr void toom_monic(const double* p, int count, int without, double* coefficients) {
  coefficients[0] = 1;
  int degree = 0;
  for (int l = 0; l < count; ++l) {
    if (l == without) continue;
    coefficients[++degree] = 0;
    for (int i = degree; i > 0; --i) coefficients[i] = coefficients[i - 1] - p[l] * coefficients[i];
    coefficients[0] *= -p[l];
  }
}

// One output or one tap: the products are what they always are.
constexpr ToomTransform toom_direct(int outputs, int taps) {
  ToomTransform t;
  t.outputs = outputs;
  t.taps = taps;
  for (int i = 0; i < t.points(); ++i) {
    t.input[i][i] = 1;
    t.weights[i][taps == 1 ? 0 : i] = 1;
    t.output[taps == 1 ? i : 0][i] = 1;
  }
  return t;
}

// 1 <= outputs, 1 <= taps, outputs + taps - 1 <= kMostPoints.
constexpr ToomTransform toom_transform(int outputs, int taps) {
  if (outputs == 1 || taps == 1) return toom_direct(outputs, taps);
  ToomTransform t;
  t.outputs = outputs;
  t.taps = taps;
  const int infinity = t.points() - 1;
  const double* p = kFinitePoints[t.points()];
  for (int j = 0; j < infinity; ++j) {
    double others = 1;
    for (int l = 0; l < infinity; ++l) others *= l == j ? 1 : p[j] - p[l];
    for (int k = 0; k < taps; ++k) t.weights[j][k] = toom_power(p[j], k) / others;
    for (int i = 0; i < outputs; ++i) t.output[i][j] = toom_power(p[j], i);
    toom_monic(p, infinity, j, t.input[j]);
  }
  toom_monic(p, infinity, -1, t.input[infinity]);
  t.weights[infinity][taps - 1] = 1;
  t.output[outputs - 1][infinity] = 1;
  return t;
}

}  // namespace deconv
