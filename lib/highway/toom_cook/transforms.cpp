// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/transforms.h"

#include <algorithm>
#include <cmath>

namespace deconv {

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
