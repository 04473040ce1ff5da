// SPDX-License-Identifier: Apache-2.0
#include "reporter.h"

#include <algorithm>
#include <cstdio>

#include "regret.h"

namespace deconv::bench {
namespace {

using Run = benchmark::BenchmarkReporter::Run;

double counter(const Run& run, const char* name) {
  const auto found = run.counters.find(name);
  return found == run.counters.end() ? 0.0 : static_cast<double>(found->second);
}

// Google Benchmark 1.8 renamed error_occurred and error_message.
template <class R>
auto failure(const R& run, int) -> decltype(&run.error_message) {
  return run.error_occurred ? &run.error_message : nullptr;
}
template <class R>
auto failure(const R& run, long) -> decltype(&run.skip_message) {
  return run.skipped ? &run.skip_message : nullptr;
}

bool is_median(const Run& run) { return run.run_type == Run::RT_Aggregate && run.aggregate_name == "median"; }

Result to_result(const Run& run) {
  Result result;
  result.ms = run.GetAdjustedRealTime();
  result.gflops = counter(run, "gflops");
  result.percent_of_bound = counter(run, "percent_of_bound");
  return result;
}

// From the repetitions of one row, or from its median where only aggregates are reported.
Result summarise(std::vector<Run> runs) {
  for (const Run& run : runs) {
    if (const std::string* message = failure(run, 0)) {
      Result result;
      result.error = *message;
      return result;
    }
  }
  const auto median = std::find_if(runs.begin(), runs.end(), is_median);
  if (median != runs.end()) return to_result(*median);
  const auto faster = [](const Run& a, const Run& b) { return a.GetAdjustedRealTime() < b.GetAdjustedRealTime(); };
  std::sort(runs.begin(), runs.end(), faster);
  Result result = to_result(runs[runs.size() / 2]);
  result.spread = (runs.back().GetAdjustedRealTime() - runs.front().GetAdjustedRealTime()) / result.ms;
  return result;
}

}  // namespace

// Called with all repetitions of a row, then (more than one repetition) with their aggregates.
void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  if (runs.empty()) return;
  const std::string& name = runs.front().run_name.function_name;
  const Result result = summarise(runs);
  if (!results_.emplace(name, result).second) return;
  const int digits = static_cast<int>(std::to_string(rows_.size()).size());
  std::fprintf(stderr, "[%*zu/%zu] %-44s", digits, results_.size(), rows_.size(), name.c_str());
  if (result.error.empty()) {
    std::fprintf(stderr, "%10.3f ms +-%2.0f%% %8.1f GFLOP/s\n", result.ms, 50 * result.spread, result.gflops);
  } else {
    std::fprintf(stderr, " %s\n", result.error.c_str());
  }
}

void TableReporter::Finalize() { std::fputs((format_table(rows_, results_) + format_regrets(regrets(rows_, timings_))).c_str(), stdout); }

}  // namespace deconv::bench
