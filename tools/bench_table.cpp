// SPDX-License-Identifier: Apache-2.0
#include "bench_table.h"

#include <cmath>
#include <map>

#include "layers.h"
#include "text.h"

namespace deconv::tool {
namespace {

constexpr int kName = 26;

std::string name(const RowResult& row) {
  const bool says_algorithm = row.algorithm.empty() || row.variant == row.backend + ":" + row.algorithm;
  return row.variant + (says_algorithm ? "" : " " + row.algorithm);
}

std::string interval_text(const RowResult& row) {
  const Interval interval = row.interval();
  return interval.coverage == 0 ? "-" : milliseconds(interval.low) + ".." + milliseconds(interval.high);
}

std::string line(const RowResult& row, const RowResult* first) {
  const std::string start = "  " + cut(name(row), kName);
  if (!row.error.empty()) return wrap(start + "   ", row.error);
  std::string text = start + format("%9s %16s %8.1f %5.0f%%", milliseconds(row.median_ms()).c_str(), interval_text(row).c_str(),
                                    row.gflops(), row.percent_of_bound());
  if (first != nullptr && first != &row && first->error.empty()) text += format(" %8.2fx", row.median_ms() / first->median_ms());
  return text + "\n";
}

bool same_place(const RowResult& a, const RowResult& b) {
  return a.layer.name == b.layer.name && a.layout == b.layout && a.threads == b.threads;
}

struct Mean {
  double logs = 0;
  int count = 0;
};

std::string means_text(const std::map<std::string, Mean>& means, const std::string& first) {
  std::string text;
  for (const auto& [variant, mean] : means) {
    if (mean.count < 2) continue;
    text += format("geometric mean of %s's time over %s's: %.2fx (%d rows)\n", variant.c_str(), first.c_str(),
                   std::exp(mean.logs / mean.count), mean.count);
  }
  return text;
}

}  // namespace

std::string format_results(const Results& results) {
  std::string text = format("%-*s%9s %16s %8s %6s %9s\n", kName + 2, "", "ms", "95% interval", "GFLOP/s", "bound", "time");
  std::map<std::string, Mean> means;
  const RowResult* first = nullptr;
  for (const RowResult& row : results.rows) {
    if (first == nullptr || !same_place(*first, row)) {
      first = &row;
      text += row_title(row.layer, row.layout, row.threads);
    }
    text += line(row, first);
    if (first == &row || !first->error.empty() || !row.error.empty()) continue;
    Mean& mean = means[row.variant];
    mean.logs += std::log(row.median_ms() / first->median_ms());
    ++mean.count;
  }
  if (!results.rows.empty()) text += means_text(means, results.rows.front().variant);
  return text + wrap("", "bound: the roofline's time in % of the row's. time: the row's over that of the first row of its layer.");
}

}  // namespace deconv::tool
