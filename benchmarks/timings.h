// SPDX-License-Identifier: Apache-2.0
// What the benchmark's repetitions took, kept beside Google Benchmark's own record: rows are compared with each other while they run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace deconv::bench {

class Timings {
 public:
  struct Entry {
    std::string algorithm;        // what ran
    std::vector<double> seconds;  // of a run, one for each repetition
    int64_t iterations = 0;       // of a repetition
  };

  // Google Benchmark tries small iteration counts first: only the calls with the largest one are repetitions.
  void add(const std::string& row, const std::string& algorithm, int64_t iterations, double seconds_of_a_run);

  // Null: never timed.
  const Entry* find(const std::string& row) const;

 private:
  std::map<std::string, Entry> entries_;
};

// Not of nothing.
double median(std::vector<double> values);

}  // namespace deconv::bench
