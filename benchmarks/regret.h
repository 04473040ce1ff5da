// SPDX-License-Identifier: Apache-2.0
// How good a backend's choice of algorithm is: time of the choice / time of the best algorithm forced.
#pragma once

#include <string>
#include <vector>

#include "row.h"
#include "timings.h"

namespace deconv::bench {

struct Regret {
  std::string backend, layer, chosen, best;
  Layouts layout;
  int threads;
  double value;  // at least 1
};

// The row in which the backend chooses, for a row in which an algorithm is forced.
std::string choice_of(const RowSpec& forced);

// One for each choice that was timed together with at least one forced algorithm. Where an algorithm ran twice, chosen and forced, both
// rows' repetitions are one sample: noise is no regret.
std::vector<Regret> regrets(const std::vector<RowSpec>& rows, const Timings& timings);

// For each backend the geometric mean, and the layers whose regret is above 1.05, worst first. Empty without regrets.
std::string format_regrets(const std::vector<Regret>& regrets);

}  // namespace deconv::bench
