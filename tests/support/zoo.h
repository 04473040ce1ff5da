// SPDX-License-Identifier: Apache-2.0
// benchmarks/zoo.csv as problems, and the same rows shrunk to what a test can afford.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "support/problem.h"

namespace deconv_test {

struct ZooRow {
  std::string layer;
  Problem problem;
  Axes out{0, 0, 0};  // as the file says; what geometry() must give
};

// Columns are found by name. Throws std::runtime_error where the file is missing or malformed. Values are those of the file: not every row is
// a legal problem.
std::vector<ZooRow> load_zoo(const std::string& path);
std::vector<ZooRow> load_zoo(std::istream& file);

// Few channels and short extents; kernel, stride, dilation, pads, groups' kind (one, some, depthwise) and epilogue stay.
Problem shrink(const Problem& problem);

}  // namespace deconv_test
