// SPDX-License-Identifier: Apache-2.0
#include "comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

namespace deconv::tool {
namespace {

std::string place(const RowResult& row) { return bench::to_text(row.layout) + " t" + std::to_string(row.threads); }

std::string key(const RowResult& row) { return row.layer.name + ", " + place(row) + ", " + row.variant; }

std::map<std::string, const RowResult*> by_key(const Results& results) {
  std::map<std::string, const RowResult*> rows;
  for (const RowResult& row : results.rows) {
    if (!rows.emplace(key(row), &row).second) throw std::runtime_error("row \"" + key(row) + "\" stands twice in one file");
  }
  return rows;
}

// Rounds during which the control loop was slower than this, against the fastest of both runs, had another machine: a lower frequency, a
// neighbour on the same core.
constexpr double kSameMachine = 1.1;

// A round's figure, by its logarithm so that differences are ratios: the lower quartile of its samples, as what others take only adds.
// Without rounds that tell nothing of the row.
std::vector<double> figures(const RowResult& row, double fastest_control_ms) {
  std::vector<double> logs;
  for (const Round& round : row.rounds) {
    if (!round.interrupted && round.control_ms <= kSameMachine * fastest_control_ms)
      logs.push_back(std::log(quantile(round.samples_ms, 0.25)));
  }
  return logs;
}

// The least probability that the test can give: all of one run above all of the other.
double least_probability(size_t n, size_t m) {
  double ways = 1;
  for (size_t i = 1; i <= n; ++i) ways *= static_cast<double>(m + i) / static_cast<double>(i);
  return 2 / ways;
}

struct Compared {
  RowComparison row;
  double least = 1;  // probability
};

Compared compare_rows(const RowResult& a, const RowResult& b, double fastest_control_ms) {
  const std::vector<double> x = figures(a, fastest_control_ms), y = figures(b, fastest_control_ms);
  Compared result;
  result.row = {a.layer.name,  place(a), a.variant, a.median_ms(), b.median_ms(), 1, 0, std::numeric_limits<double>::infinity(), 1,
                Verdict::kSame};
  result.row.ratio = result.row.b_ms / result.row.a_ms;
  if (x.empty() || y.empty()) return result;
  const Shift s = shift(x, y);
  result.row.ratio = std::exp(s.value);
  result.row.low = std::exp(s.low);
  result.row.high = std::exp(s.high);
  result.row.probability = s.probability;
  result.least = least_probability(x.size(), y.size());
  return result;
}

double fastest_control(const Results& results) {
  double fastest = std::numeric_limits<double>::infinity();
  for (const RowResult& row : results.rows) {
    for (const Round& round : row.rounds) fastest = std::min(fastest, round.control_ms);
  }
  return fastest;
}

std::string why_not(const RowResult& row, const RowResult* other, const char* missing) {
  if (other == nullptr) return key(row) + ": not in " + missing;
  const std::string& error = row.error.empty() ? other->error : row.error;
  return key(row) + ": " + error;
}

}  // namespace

int Comparison::count(Verdict verdict) const {
  return static_cast<int>(std::count_if(rows.begin(), rows.end(), [&](const RowComparison& row) { return row.verdict == verdict; }));
}

Comparison compare(const Results& a, const Results& b, const ComparisonOptions& options) {
  const auto rows_a = by_key(a), rows_b = by_key(b);
  Comparison comparison;
  comparison.too_noisy = a.context.noise.verdict == "too noisy" || b.context.noise.verdict == "too noisy";
  const double fastest = std::min(fastest_control(a), fastest_control(b));
  std::vector<double> probabilities, least;
  for (const RowResult& row : a.rows) {
    const auto found = rows_b.find(key(row));
    const RowResult* other = found == rows_b.end() ? nullptr : found->second;
    if (other == nullptr || !row.error.empty() || !other->error.empty()) {
      comparison.only_in_one.push_back(why_not(row, other, "B"));
      continue;
    }
    const Compared compared = compare_rows(row, *other, fastest);
    comparison.rows.push_back(compared.row);
    probabilities.push_back(compared.row.probability);
    least.push_back(compared.least);
  }
  for (const RowResult& row : b.rows) {
    if (rows_a.count(key(row)) == 0) comparison.only_in_one.push_back(why_not(row, nullptr, "A"));
  }
  const std::vector<bool> significant = false_discovery_rate(probabilities, options.level);
  for (size_t i = 0; i < comparison.rows.size(); ++i) {
    RowComparison& row = comparison.rows[i];
    const double distance = std::max(row.ratio, 1 / row.ratio) - 1;
    if (significant[i] && distance >= options.least) {
      row.verdict = row.ratio > 1 ? Verdict::kSlower : Verdict::kFaster;
    } else if (least[i] > options.level / static_cast<double>(comparison.rows.size())) {
      row.verdict = Verdict::kUndecided;  // too few rounds for a difference of this row alone to be significant
    }
  }
  return comparison;
}

}  // namespace deconv::tool
