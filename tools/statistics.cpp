// SPDX-License-Identifier: Apache-2.0
#include "statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace deconv::tool {
namespace {

// P(U = u) for samples of n and m values of one distribution: counted by whether the largest of all is one of the m.
std::vector<double> rank_sum_distribution(size_t n, size_t m) {
  std::vector<std::vector<double>> counts(n + 1, std::vector<double>(n * m + 1, 0));  // for m = 0, then one more at a time
  for (auto& row : counts) row[0] = 1;
  for (size_t j = 1; j <= m; ++j) {
    for (size_t i = 1; i <= n; ++i) {
      // counts[i] still is that of j - 1 values; counts[i - 1] already of j.
      for (size_t u = i * j + 1; u-- > 0;) counts[i][u] += u >= j ? counts[i - 1][u - j] : 0;
    }
  }
  const double all = std::accumulate(counts[n].begin(), counts[n].end(), 0.0);
  for (double& count : counts[n]) count /= all;
  return counts[n];
}

// P(sum = s) where each rank counts or not, evenly. Ranks are whole numbers.
std::vector<double> signed_rank_distribution(const std::vector<size_t>& ranks) {
  std::vector<double> p(std::accumulate(ranks.begin(), ranks.end(), size_t{1}), 0);
  p[0] = 1;
  for (const size_t rank : ranks) {
    for (size_t s = p.size(); s-- > 0;) p[s] = 0.5 * (p[s] + (s >= rank ? p[s - rank] : 0));
  }
  return p;
}

// Twice the rank of each magnitude, sorted; equal ones share the mean of theirs.
std::vector<size_t> doubled_ranks(const std::vector<double>& sorted) {
  std::vector<size_t> ranks;
  for (const double value : sorted) {
    const auto [begin, end] = std::equal_range(sorted.begin(), sorted.end(), value);
    ranks.push_back(static_cast<size_t>((begin - sorted.begin()) + (end - sorted.begin()) + 1));
  }
  return ranks;
}

double signed_rank_probability(std::vector<double> differences) {
  differences.erase(std::remove(differences.begin(), differences.end(), 0.0), differences.end());
  std::sort(differences.begin(), differences.end(), [](double x, double y) { return std::fabs(x) < std::fabs(y); });
  std::vector<double> magnitudes;
  for (const double difference : differences) magnitudes.push_back(std::fabs(difference));
  const std::vector<size_t> ranks = doubled_ranks(magnitudes);
  const std::vector<double> p = signed_rank_distribution(ranks);
  size_t positive = 0;
  for (size_t i = 0; i < ranks.size(); ++i) positive += differences[i] > 0 ? ranks[i] : 0;
  const size_t extreme = std::min(positive, p.size() - 1 - positive);
  return std::min(1.0, 2 * std::accumulate(p.begin(), p.begin() + static_cast<std::ptrdiff_t>(extreme) + 1, 0.0));
}

// The pair of order statistics that holds the median of what `sorted` estimates, where p tells how many of them lie below it.
void add_interval(const std::vector<double>& sorted, const std::vector<double>& p, Shift& result) {
  result.low = -std::numeric_limits<double>::infinity();
  result.high = std::numeric_limits<double>::infinity();
  double outside = p[0];
  for (size_t k = 1; 2 * k <= sorted.size() && 1 - 2 * outside >= 0.95; ++k) {
    result.low = sorted[k - 1];
    result.high = sorted[sorted.size() - k];
    outside += p[k];
  }
}

}  // namespace

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

Interval median_interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  // P(fewer than k of n values lie below the median), a binomial of 1/2, grows with k: the last k that leaves 0.95 is the narrowest.
  Interval interval;
  double term = std::ldexp(1.0, -static_cast<int>(n)), below = term;
  for (size_t k = 1; 2 * k <= n && 1 - 2 * below >= 0.95; ++k) {
    interval = {values[k - 1], values[n - k], 1 - 2 * below};
    term *= static_cast<double>(n - k + 1) / static_cast<double>(k);
    below += term;
  }
  return interval;
}

Shift shift(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> differences;
  double u = 0;  // pairs in which b is larger
  for (const double x : a) {
    for (const double y : b) {
      differences.push_back(y - x);
      u += y > x ? 1 : y == x ? 0.5 : 0;
    }
  }
  std::sort(differences.begin(), differences.end());
  const std::vector<double> p = rank_sum_distribution(a.size(), b.size());
  const size_t pairs = differences.size();
  Shift result;
  result.value = median(differences);
  const double extreme = std::min(u, static_cast<double>(pairs) - u);
  double tail = 0;
  for (size_t i = 0; static_cast<double>(i) <= extreme; ++i) tail += p[i];
  result.probability = std::min(1.0, 2 * tail);
  add_interval(differences, p, result);
  return result;
}

Shift paired_shift(const std::vector<double>& differences) {
  std::vector<double> averages;  // of two differences, each with itself too
  std::vector<size_t> ranks;
  for (size_t i = 0; i < differences.size(); ++i) {
    for (size_t j = 0; j <= i; ++j) averages.push_back(0.5 * (differences[i] + differences[j]));
    ranks.push_back(i + 1);
  }
  std::sort(averages.begin(), averages.end());
  Shift result;
  result.value = median(averages);
  result.probability = signed_rank_probability(differences);
  add_interval(averages, signed_rank_distribution(ranks), result);
  return result;
}

std::vector<bool> false_discovery_rate(const std::vector<double>& probabilities, double level) {
  std::vector<double> sorted = probabilities;
  std::sort(sorted.begin(), sorted.end());
  double limit = -1;  // the last of the sorted that lies below the line from 0 to `level`
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] <= level * static_cast<double>(i + 1) / static_cast<double>(sorted.size())) limit = sorted[i];
  }
  std::vector<bool> rejected;
  for (const double probability : probabilities) rejected.push_back(probability <= limit);
  return rejected;
}

}  // namespace deconv::tool
