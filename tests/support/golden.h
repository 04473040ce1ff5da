// SPDX-License-Identifier: Apache-2.0
// data/golden.txt: exact transposed convolutions from PyTorch in float64. The format is in its header.
#pragma once

#include <string>
#include <vector>

#include "support/problem.h"

namespace deconv_test {

struct GoldenCase {
  std::string name;
  Problem problem;  // tensors: golden_tensors(problem)
  Axes out{0, 0, 0};
  std::vector<double> dst;
};

// Throws std::runtime_error where the file is missing or malformed.
std::vector<GoldenCase> load_golden(const std::string& path);

}  // namespace deconv_test
