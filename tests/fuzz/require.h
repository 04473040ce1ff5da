// SPDX-License-Identifier: Apache-2.0
// What a fuzz target demands: a false one ends the process, which is what fuzzers and ctest see.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace deconv_fuzz {

inline void require(bool holds, const std::string& demand) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %s\n", demand.c_str());
  std::abort();
}

}  // namespace deconv_fuzz
