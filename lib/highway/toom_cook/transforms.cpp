// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/transforms.h"

#include <algorithm>
#include <cmath>

namespace deconv {

double ToomTransform::amplification() const {
  double most = 0;
  for (int i = 0; i < outputs; ++i) {
    for (int k = 0; k < taps; ++k) {
      double sum = 0;
      for (int j = 0; j < points(); ++j) {
        double inputs = 0;
        for (int c = 0; c < points(); ++c) inputs += std::fabs(input[j][c]);
        sum += std::fabs(output[i][j] * weights[j][k]) * inputs;
      }
      most = std::max(most, sum);
    }
  }
  return most;
}

double ToomTransform::noise() const {
  const auto square = [](const double* row, int count) {
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += row[i] * row[i];
    return sum;
  };
  double most = 0;
  for (int i = 0; i < outputs; ++i) {
    double sum = 0;
    for (int j = 0; j < points(); ++j) sum += output[i][j] * output[i][j] * square(input[j], points()) * square(weights[j], taps);
    most = std::max(most, sum / taps);
  }
  return std::sqrt(most);
}

}  // namespace deconv
