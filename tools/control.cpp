// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <algorithm>
#include <chrono>

#include "machine_kernels.h"
#include "text.h"

namespace deconv::tool {
namespace {

constexpr int64_t kLoopRounds = 25000;
constexpr int kPasses = 3;

// Per cent. On an idle server drift is below 1, theft below 2 and the median interval below 1; a build on every core makes theft of 50 and
// more. Beyond the second figure differences of 10 % between two runs are no longer told from chance.
struct Limits {
  double noisy, too_noisy;
};
constexpr Limits kDrift{5, 20}, kStolen{10, 50}, kInterval{3, 10};

// 0 quiet, 1 noisy, 2 too noisy.
int grade(double value, const Limits& limits) { return value > limits.too_noisy ? 2 : value > limits.noisy ? 1 : 0; }

double half_interval_percent(const RowResult& row) {
  const Interval interval = row.interval();
  return interval.coverage == 0 ? 0 : 50 * (interval.high - interval.low) / row.median_ms();
}

}  // namespace

std::vector<double> Control::passes() {
  std::vector<double> times;
  for (int i = 0; i < kPasses; ++i) {
    const auto start = std::chrono::steady_clock::now();
    bench::fma_rounds(kLoopRounds, &sink_);
    times.push_back(1e3 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return times;
}

Noise Control::judge(const std::vector<std::vector<double>>& passes_by_round, const std::vector<RowResult>& rows) {
  Noise noise;
  double sum = 0, count = 0;
  for (const std::vector<double>& passes : passes_by_round) {
    if (passes.empty()) continue;
    noise.control_ms.push_back(median(passes));
    const double fastest = *std::min_element(passes.begin(), passes.end());
    noise.fastest_ms = noise.fastest_ms == 0 ? fastest : std::min(noise.fastest_ms, fastest);
    for (const double pass : passes) sum += pass;
    count += static_cast<double>(passes.size());
  }
  if (count == 0) {
    noise.text = "nothing was timed";
    return noise;
  }
  const auto [low, high] = std::minmax_element(noise.control_ms.begin(), noise.control_ms.end());
  noise.drift_percent = 100 * (*high / *low - 1);
  noise.stolen_percent = 100 * (sum / count / noise.fastest_ms - 1);
  std::vector<double> intervals;
  for (const RowResult& row : rows) {
    if (row.error.empty()) intervals.push_back(half_interval_percent(row));
  }
  if (!intervals.empty()) noise.interval_percent = median(intervals);
  const char* verdicts[] = {"quiet", "noisy", "too noisy"};
  const int worst =
      std::max({grade(noise.drift_percent, kDrift), grade(noise.stolen_percent, kStolen), grade(noise.interval_percent, kInterval)});
  noise.verdict = verdicts[worst];
  noise.text = noise.verdict + ": a loop of fixed arithmetic drifted by " + percent(noise.drift_percent) +
               " from round to round and lost " + percent(noise.stolen_percent) + " to other jobs; the rows' medians are known to +-" +
               percent(noise.interval_percent);
  if (worst == 2) noise.text += ". Do not believe these figures: measure again on an idle machine";
  return noise;
}

}  // namespace deconv::tool
