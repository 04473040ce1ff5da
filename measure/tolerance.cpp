// SPDX-License-Identifier: Apache-2.0
#include "tolerance.h"

#include <cstdio>
#include <stdexcept>

namespace deconv::bench {
namespace {

// c of an axis by its points, m + r - 1.
double factor_of(int points) {
  constexpr double kFactors[] = {0, 0, 0, 3, 4, 7.705, 12.583};
  return points >= 3 && points <= 6 ? kFactors[points] : 0;
}

}  // namespace

Tolerance promised_tolerance(const std::string& description) {
  const std::string name = "toom_cook ";
  Tolerance tolerance;
  size_t at = description.find(name);
  if (at == std::string::npos) return tolerance;
  tolerance.fast = true;
  tolerance.roundings = 5;
  int outputs = 0, taps = 0, length = 0;
  for (at += name.size(); std::sscanf(description.c_str() + at, "F(%d,%d)%n", &outputs, &taps, &length) == 2; at += length + 1) {
    const double factor = factor_of(outputs + taps - 1);
    if (factor == 0) throw std::runtime_error("no documented error bound of F(m, r) in \"" + description + "\"");
    tolerance.factor *= factor;
    tolerance.roundings += 2 * (outputs + taps - 1);
  }
  return tolerance;
}

}  // namespace deconv::bench
