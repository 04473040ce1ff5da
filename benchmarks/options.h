// SPDX-License-Identifier: Apache-2.0
// The benchmark's own flags, beside Google Benchmark's.
#pragma once

#include <string>
#include <vector>

#include "selection.h"

namespace deconv::bench {

struct Options {
  std::string zoo;
  std::vector<std::string> layers;  // empty: all
  std::vector<Variant> variants;
  std::vector<Layouts> layouts{DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST};
  std::vector<int> threads{1};
  bool skip_slow = false;
  bool list_only = false;      // --benchmark_list_tests
  bool google_format = false;  // --benchmark_format was given: Google's reporter prints instead of the table
};

// Takes the own flags out of argv. Throws std::runtime_error naming flag and value. `directory` holds zoo.csv and headline.txt.
Options parse_options(int& argc, char** argv, const std::string& directory);

// The own flags, for --help.
void print_own_help();

}  // namespace deconv::bench
