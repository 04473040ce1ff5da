// SPDX-License-Identifier: Apache-2.0
// Legal problems, small enough to check in microseconds, from a seed.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "support/problem.h"

namespace deconv_test {

class RandomProblems {
 public:
  explicit RandomProblems(uint64_t seed) : state_(seed) {}
  Problem next();

 private:
  Problem draw();
  void draw_axis(Problem* problem, int axis);
  void draw_options(Problem* problem);
  int64_t in(int64_t low, int64_t high);  // uniform, both ends included
  int64_t among(std::initializer_list<int64_t> values);

  uint64_t state_;
};

}  // namespace deconv_test
