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
double figure(const Round& round) { return std::log(quantile(round.samples_ms, 0.25)); }

// Of the rounds that tell something of the row, against the fastest control loop of both runs.
std::vector<double> figures(const RowResult& row, double fastest_control_ms) {
  std::vector<double> logs;
  for (const Round& round : row.rounds) {
    if (!round.interrupted && round.control_ms <= kSameMachine * fastest_control_ms) logs.push_back(figure(round));
  }
  return logs;
}

struct Sample {
  double began_s, ended_s, log;
  bool of_b;
};

void add_samples(const Round& round, bool of_b, std::vector<Sample>& samples) {
  for (size_t i = 0; i < round.began_s.size(); ++i) {
    const double ms = round.samples_ms[i];
    samples.push_back({round.began_s[i], round.began_s[i] + 1e-3 * ms * static_cast<double>(round.runs), std::log(ms), of_b});
  }
}

// At most so many seconds lie between a pair's samples: a neighbour on the same core comes and goes within tenths of a second. Cleaning
// caches before a sample takes some 0.05 s of them. Long samples are taken for that long anyway, and setting their rows up takes as long.
double most_apart(const Results& results) { return results.context.cold ? 0.15 : 0.02; }

bool together(const Sample& x, const Sample& y, double most_apart_s) {
  return y.began_s - x.ended_s < std::max(most_apart_s, 0.5 * (x.ended_s - x.began_s));
}

// B's figure less A's: the median over pairs of samples, one of each run, with nothing of the row between. None without turns.
std::vector<double> round_difference(const Round& a, const Round& b, double most_apart_s) {
  std::vector<Sample> samples;
  add_samples(a, false, samples);
  add_samples(b, true, samples);
  std::sort(samples.begin(), samples.end(), [](const Sample& x, const Sample& y) { return x.began_s < y.began_s; });
  std::vector<double> differences;
  for (size_t i = 1; i < samples.size(); ++i) {
    const Sample &x = samples[i - 1], &y = samples[i];
    if (x.of_b == y.of_b || !together(x, y, most_apart_s)) continue;
    differences.push_back(x.of_b ? x.log - y.log : y.log - x.log);
    ++i;  // a sample is of one pair
  }
  if (differences.empty()) return {};
  return {median(differences)};
}

std::vector<double> paired_differences(const RowResult& a, const RowResult& b, double most_apart_s) {
  std::vector<double> all;
  for (size_t i = 0; i < std::min(a.rounds.size(), b.rounds.size()); ++i) {
    for (const double difference : round_difference(a.rounds[i], b.rounds[i], most_apart_s)) all.push_back(difference);
  }
  return all;
}

// The least probability that the rank sum test can give: all of one run above all of the other.
double least_probability(size_t n, size_t m) {
  double ways = 1;
  for (size_t i = 1; i <= n; ++i) ways *= static_cast<double>(m + i) / static_cast<double>(i);
  return 2 / ways;
}

struct Tested {
  Shift shift{0, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(), 1};
  double least = 1;  // probability that so many rounds can give
  bool any = false;
};

Tested test_apart(const RowResult& a, const RowResult& b, double fastest_control_ms) {
  const std::vector<double> x = figures(a, fastest_control_ms), y = figures(b, fastest_control_ms);
  if (x.empty() || y.empty()) return {};
  return {shift(x, y), least_probability(x.size(), y.size()), true};
}

Tested test_pairs(const std::vector<double>& differences) {
  return {paired_shift(differences), std::ldexp(2.0, -static_cast<int>(differences.size())), true};
}

struct Compared {
  RowComparison row;
  double least = 1;
};

Compared compare_rows(const RowResult& a, const RowResult& b, double fastest_control_ms, double most_apart_s) {
  const std::vector<double> differences = paired_differences(a, b, most_apart_s);
  const bool by_turns = !differences.empty();
  const Tested tested = by_turns ? test_pairs(differences) : test_apart(a, b, fastest_control_ms);
  const Shift& s = tested.shift;
  RowComparison row{a.layer.name,    place(a),         a.variant,     a.median_ms(), b.median_ms(), 1,
                    std::exp(s.low), std::exp(s.high), s.probability, by_turns,      Verdict::kSame};
  row.ratio = tested.any ? std::exp(s.value) : row.b_ms / row.a_ms;
  return {row, tested.least};
}

double fastest_control(const Results& results) {
  double fastest = std::numeric_limits<double>::infinity();
  for (const RowResult& row : results.rows) {
    for (const Round& round : row.rounds) fastest = std::min(fastest, round.control_ms);
  }
  return fastest;
}

bool is_too_noisy(const Results& results) { return results.context.noise.verdict == "too noisy"; }

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
  const double fastest = std::min(fastest_control(a), fastest_control(b));
  std::vector<double> probabilities, least;
  for (const RowResult& row : a.rows) {
    const auto found = rows_b.find(key(row));
    const RowResult* other = found == rows_b.end() ? nullptr : found->second;
    if (other == nullptr || !row.error.empty() || !other->error.empty()) {
      comparison.only_in_one.push_back(why_not(row, other, "B"));
      continue;
    }
    const Compared compared = compare_rows(row, *other, fastest, most_apart(a));
    comparison.rows.push_back(compared.row);
    probabilities.push_back(compared.row.probability);
    least.push_back(compared.least);
  }
  for (const RowResult& row : b.rows) {
    if (rows_a.count(key(row)) == 0) comparison.only_in_one.push_back(why_not(row, nullptr, "A"));
  }
  comparison.by_turns = std::all_of(comparison.rows.begin(), comparison.rows.end(), [](const RowComparison& row) { return row.by_turns; });
  comparison.too_noisy = !comparison.by_turns && (is_too_noisy(a) || is_too_noisy(b));
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
