// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/transforms.h"

#include <algorithm>
#include <cmath>

namespace deconv {
namespace {

// The finite points beside infinity. Three: 0, 1, -1. Of those tried, these keep the factor c lowest: with five points 11.3 (14.3 for 0, 1,
// -1, 2 or 0, 1, -1, 1/2), with six 14.8 to 17.4 (17.1 to 19.9 for 0, 1, -1, 1/2, -2; 29.3 for 0, 1, -1, 2, -2). Seven and eight would be
// at 40 for 4 per cent fewer products.
const double* finite_points(int points) {
  static constexpr double kThree[] = {0, 1}, kFour[] = {0, 1, -1}, kFive[] = {1, -1, 0.5, -0.5}, kSix[] = {0, 0.75, -0.75, 1.5, -1.5};
  return points == 3 ? kThree : points == 4 ? kFour : points == 5 ? kFive : kSix;
}

// Coefficients, lowest first, of the product of (z - p) over `count` points less the one numbered `without` (-1: none).
void monic(const double* p, int count, int without, double* coefficients) {
  coefficients[0] = 1;
  int degree = 0;
  for (int l = 0; l < count; ++l) {
    if (l == without) continue;
    coefficients[++degree] = 0;
    for (int i = degree; i > 0; --i) coefficients[i] = coefficients[i - 1] - p[l] * coefficients[i];
    coefficients[0] *= -p[l];
  }
}

ToomTransform direct(int outputs, int taps) {
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

}  // namespace

ToomTransform toom_transform(int outputs, int taps) {
  if (outputs == 1 || taps == 1) return direct(outputs, taps);
  ToomTransform t;
  t.outputs = outputs;
  t.taps = taps;
  const int infinity = t.points() - 1;
  const double* p = finite_points(t.points());
  for (int j = 0; j < infinity; ++j) {
    double others = 1;
    for (int l = 0; l < infinity; ++l) others *= l == j ? 1 : p[j] - p[l];
    for (int k = 0; k < taps; ++k) t.weights[j][k] = std::pow(p[j], k) / others;
    for (int i = 0; i < outputs; ++i) t.output[i][j] = std::pow(p[j], i);
    monic(p, infinity, j, t.input[j]);
  }
  monic(p, infinity, -1, t.input[infinity]);
  t.weights[infinity][taps - 1] = 1;
  t.output[outputs - 1][infinity] = 1;
  return t;
}

double ToomTransform::amplification() const {
  double most = 0;
  for (int i = 0; i < outputs; ++i) {
    double sum = 0;
    for (int j = 0; j < points(); ++j) {
      double inputs = 0, largest = 0;
      for (int c = 0; c < points(); ++c) inputs += std::fabs(input[j][c]);
      for (int k = 0; k < taps; ++k) largest = std::max(largest, std::fabs(weights[j][k]));
      sum += std::fabs(output[i][j]) * inputs * largest;
    }
    most = std::max(most, sum);
  }
  return most;
}

}  // namespace deconv
