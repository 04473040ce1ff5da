// SPDX-License-Identifier: Apache-2.0
// What a plan promises of its errors (docs/accuracy.md), read from its description.
#pragma once

#include <cstdint>
#include <string>

#include "layer.h"

namespace deconv::bench {

struct Tolerance {
  bool fast = false;      // toom_cook; else each product is computed once and summed plainly
  double factor = 1;      // c
  int64_t roundings = 0;  // n, less the input channels of a group
};

// Throws std::runtime_error where a transform is named that has no documented factor.
Tolerance promised_tolerance(const std::string& plan_description);

}  // namespace deconv::bench
