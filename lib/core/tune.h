// SPDX-License-Identifier: Apache-2.0
// Measures every candidate of a layer on one input shape.
#pragma once

#include <cstdint>
#include <vector>

#include "core/backend.h"

namespace deconv {

struct MeasuredCandidate {
  const Backend* backend;
  const char* algorithm;  // static; "" where the backend has no choice
  double seconds;         // of a run; without rounds: scaled up from a smaller input, or 0
  int rounds;
};

struct Measurement {
  std::vector<MeasuredCandidate> candidates;  // in ranked order
  size_t untuned = 0, chosen = 0;
  double seconds = 0;  // spent on runs
};

// `params` names no algorithm; weights may be null. Throws what creating the library's own choice, or its plan, would, and Error of a run
// that fails.
Measurement measure(const Parameters& params, const Shape& shape, double budget);

}  // namespace deconv
