// SPDX-License-Identifier: Apache-2.0
// What a run of `deconv bench` found, as it is printed, written and read again. docs/bench_json.md tells each field.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "layer.h"
#include "machine.h"
#include "statistics.h"
#include "verify.h"

namespace deconv::tool {

constexpr size_t kMostRounds = 50;  // of a row: the exact rank test takes time with the cube of their number

// One visit of a row: samples, and how fast the machine was meanwhile.
struct Round {
  int64_t runs = 0;                // in each sample
  double control_ms = 0;           // the control loop's fastest pass around the samples
  std::vector<double> samples_ms;  // of one run; those that other jobs interrupted are left out unless there is no other
  bool interrupted = false;        // there is no other
  std::vector<double> began_s;     // Unix time of each sample; only by turns
};

struct RowResult {
  bench::Layer layer;
  bench::Layouts layout = DECONV_CHANNELS_FIRST;
  int threads = 1;
  std::string variant, backend, algorithm, description;
  std::string error;  // not empty: why there are no figures
  std::vector<Round> rounds;
  double bound_ms = 0;
  bool memory_bound = false;
  int64_t flops = 0, bytes = 0, workspace_bytes = 0, packed_bytes = 0;
  double create_ms = 0, plan_us = 0, first_run_ms = 0;
  bench::Verification verification;

  std::vector<double> round_medians() const;
  double median_ms() const { return median(round_medians()); }
  Interval interval() const { return median_interval(round_medians()); }
  double gflops() const { return static_cast<double>(flops) / median_ms() * 1e-6; }
  double percent_of_bound() const { return 100 * bound_ms / median_ms(); }
};

// How steady the machine was, from the control loop.
struct Noise {
  std::vector<double> control_ms;  // median of each round
  double fastest_ms = 0, drift_percent = 0, stolen_percent = 0, interrupted_percent = 0, interval_percent = 0;
  std::string verdict = "quiet";  // "noisy", "too noisy": believe no figure
  std::string text;
};

struct Context {
  std::string date, cpu, isa, compiler, version;
  std::vector<std::string> arguments;
  int cpus = 1;
  std::vector<int> affinity;
  std::vector<std::pair<std::string, std::string>> backends;  // name, version
  std::map<std::string, std::string> environment;
  bool cold = false;
  int64_t cold_bytes = 0;
  double budget_s = 0, elapsed_s = 0;
  int rounds = 0;
  std::map<int, bench::Roof> peaks;  // by threads
  Noise noise;
};

struct Results {
  Context context;
  std::vector<RowResult> rows;
};

}  // namespace deconv::tool
