// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "machine_kernels.h"
#include "text.h"

namespace deconv::tool {
namespace {

constexpr int64_t kLoopRounds = 50000;
constexpr size_t kCopied = 4096;  // floats: source and target take 32 KiB together
constexpr int kCopies = 1200;
constexpr int kPasses = 3;

// Per cent. Beyond the second figure differences of 10 % between two runs are no longer told from chance. A build on every core makes theft
// of 50 and interrupts nearly every round.
struct Limits {
  double noisy, too_noisy;
};
constexpr Limits kDrift{5, 20}, kStolen{10, 50}, kInterrupted{10, 50}, kInterval{3, 10};

// 0 quiet, 1 noisy, 2 too noisy.
int grade(double value, const Limits& limits) { return value > limits.too_noisy ? 2 : value > limits.noisy ? 1 : 0; }

void measure_machine(const std::vector<std::vector<double>>& passes_by_round, Noise& noise) {
  std::vector<double> all;
  for (const std::vector<double>& passes : passes_by_round) {
    if (passes.empty()) continue;
    noise.control_ms.push_back(median(passes));
    all.insert(all.end(), passes.begin(), passes.end());
  }
  if (all.empty()) return;
  const auto [low, high] = std::minmax_element(noise.control_ms.begin(), noise.control_ms.end());
  noise.fastest_ms = *std::min_element(all.begin(), all.end());
  noise.drift_percent = 100 * (*high / *low - 1);
  noise.stolen_percent = 100 * (std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size()) / noise.fastest_ms - 1);
}

void measure_rows(const std::vector<RowResult>& rows, Noise& noise) {
  std::vector<double> intervals;
  double rounds = 0, interrupted = 0;
  for (const RowResult& row : rows) {
    for (const Round& round : row.rounds) {
      rounds += 1;
      interrupted += round.interrupted ? 1 : 0;
    }
    if (row.rounds.empty()) continue;
    const Interval interval = row.interval();
    if (interval.coverage > 0) intervals.push_back(50 * (interval.high - interval.low) / row.median_ms());
  }
  if (rounds > 0) noise.interrupted_percent = 100 * interrupted / rounds;
  if (!intervals.empty()) noise.interval_percent = median(intervals);
}

}  // namespace

Control::Control() : memory_(2 * kCopied) { bench::stream_fill(memory_.data(), memory_.size()); }

std::vector<double> Control::passes() {
  std::vector<double> times;
  for (int i = 0; i < kPasses; ++i) {
    const auto start = std::chrono::steady_clock::now();
    bench::fma_rounds(kLoopRounds, &sink_);
    for (int copy = 0; copy < kCopies; ++copy) bench::stream_copy(memory_.data(), memory_.data() + kCopied, kCopied);
    times.push_back(1e3 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return times;
}

Noise Control::judge(const std::vector<std::vector<double>>& passes_by_round, const std::vector<RowResult>& rows) {
  Noise noise;
  measure_machine(passes_by_round, noise);
  measure_rows(rows, noise);
  const char* verdicts[] = {"quiet", "noisy", "too noisy"};
  const int worst = std::max({grade(noise.drift_percent, kDrift), grade(noise.stolen_percent, kStolen),
                              grade(noise.interrupted_percent, kInterrupted), grade(noise.interval_percent, kInterval)});
  noise.verdict = verdicts[worst];
  noise.text = noise.verdict + ": a loop of fixed work drifted by " + percent(noise.drift_percent) + " from round to round and lost " +
               percent(noise.stolen_percent) + ", other jobs interrupted " + percent(noise.interrupted_percent) +
               " of the rounds, medians are known to +-" + percent(noise.interval_percent);
  if (worst == 2) noise.text += ". Do not believe these figures: measure again on an idle machine";
  return noise;
}

}  // namespace deconv::tool
