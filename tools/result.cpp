// SPDX-License-Identifier: Apache-2.0
#include "result.h"

namespace deconv::tool {

std::vector<double> RowResult::round_medians() const {
  std::vector<double> medians;
  for (const Round& round : rounds) medians.push_back(median(round.samples_ms));
  return medians;
}

}  // namespace deconv::tool
