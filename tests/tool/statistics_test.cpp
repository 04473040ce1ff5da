// SPDX-License-Identifier: Apache-2.0
#include "statistics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace deconv::tool;

TEST_CASE("statistics: medians and quantiles") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 2, 3}) == 2.5);
  CHECK(quantile({0, 10, 20, 30, 40}, 0.25) == 10);
  CHECK(quantile({7}, 0.9) == 7);
}

// Tables of the sign test: ten values, ranks 2 and 9, 1 - 2 * 11/1024; six, the extremes, 1 - 2/64; five reach 0.9375 only.
TEST_CASE("statistics: the median's interval is a pair of order statistics") {
  const Interval ten = median_interval({5, 1, 9, 3, 7, 2, 8, 4, 6, 10});
  CHECK(ten.low == 2);
  CHECK(ten.high == 9);
  CHECK(ten.coverage == doctest::Approx(1 - 22.0 / 1024));
  const Interval six = median_interval({1, 2, 3, 4, 5, 6});
  CHECK(six.low == 1);
  CHECK(six.high == 6);
  CHECK(six.coverage == doctest::Approx(1 - 2.0 / 64));
  CHECK(median_interval({1, 2, 3, 4, 5}).coverage == 0);
}

TEST_CASE("statistics: the median's interval holds it as often as it says") {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> skewed(0, 1);  // median 1
  int held = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values(10);
    for (double& value : values) value = skewed(random);
    const Interval interval = median_interval(values);
    held += interval.low <= 1 && 1 <= interval.high ? 1 : 0;
  }
  CHECK(std::fabs(static_cast<double>(held) / kTrials - (1 - 22.0 / 1024)) < 0.01);  // four standard errors
}

// By hand: {1, 2} before {3, 4}, all four pairs one way, 2 of C(4, 2) = 6 orders are as extreme.
TEST_CASE("statistics: shift") {
  const Shift small = shift({1, 2}, {3, 4});
  CHECK(small.value == 2);
  CHECK(small.probability == doctest::Approx(2.0 / 6));
  CHECK(std::isinf(small.low));
  const std::vector<double> a = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  std::vector<double> b;
  for (const double x : a) b.push_back(x + 20);
  const Shift apart = shift(a, b);
  CHECK(apart.value == 20);
  CHECK(apart.probability == doctest::Approx(2.0 / 184756));  // C(20, 10)
  CHECK(apart.low < 20);
  CHECK(apart.high > 20);
  CHECK(shift(a, a).value == 0);
  CHECK(shift(a, a).probability == doctest::Approx(1.0).epsilon(0.1));
  CHECK(shift(b, a).value == -20);
  // The table of the Mann-Whitney test: n = m = 10, U = 23 is the last that is significant at 0.05, two-sided; U = 24 is not.
  std::vector<double> y = {4.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5, 13.5, 14.5};  // 6 + 4 + 3 + 2 + 1 = 16 pairs below
  CHECK(shift(a, y).probability < 0.05);
}

TEST_CASE("statistics: the rank sum test alarms as often as it says") {
  std::mt19937_64 random(2);
  std::cauchy_distribution<double> wild;
  int alarms = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> a(8), b(10);
    for (double& x : a) x = wild(random);
    for (double& x : b) x = wild(random);
    alarms += shift(a, b).probability <= 0.05 ? 1 : 0;
  }
  CHECK(static_cast<double>(alarms) / kTrials < 0.05 + 0.014);
  CHECK(static_cast<double>(alarms) / kTrials > 0.025);
}

// By hand: of three differences of one sign, 2 of 8 signs are as extreme; their averages of two are 1, 1.5, 2, 2, 2.5, 3.
TEST_CASE("statistics: paired shift") {
  const Shift small = paired_shift({1, 2, 3});
  CHECK(small.value == 2);
  CHECK(small.probability == doctest::Approx(2.0 / 8));
  CHECK(std::isinf(small.low));
  CHECK(paired_shift({-1, -2, -3}).value == -2);
  CHECK(paired_shift({0, 0, 0}).probability == 1);
  CHECK(paired_shift({1, 0, 2, 3}).probability == doctest::Approx(2.0 / 8));
  // Equal magnitudes share ranks 1.5: of the sums 0, 1.5, 1.5, 3 the lowest and the highest are as extreme as 3.
  CHECK(paired_shift({1, 1}).probability == doctest::Approx(2.0 / 4));
  CHECK(paired_shift({1, -1}).probability == 1);
  // The table of the signed rank test: n = 10, a sum of 8 is the last that is significant at 0.05, two-sided; 9 is not.
  const Shift eight = paired_shift({1, 2, -3, 4, -5, 6, 7, 8, 9, 10}), nine = paired_shift({1, -2, 3, 4, 5, 6, -7, 8, 9, 10});
  CHECK(eight.probability == doctest::Approx(50.0 / 1024));
  CHECK(nine.probability > 0.05);
  CHECK(eight.low > 0);  // the interval leaves 0 out where the test rejects it
  CHECK(nine.low < 0);
  CHECK(eight.low < eight.value);
  CHECK(eight.value < eight.high);
}

TEST_CASE("statistics: the signed rank test alarms as often as it says, and its interval holds the shift") {
  std::mt19937_64 random(3);
  std::cauchy_distribution<double> wild(1, 1);
  int alarms = 0, held = 0;
  constexpr int kTrials = 4000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> around_one(12), around_zero(12);
    for (double& x : around_one) x = wild(random);
    for (double& x : around_zero) x = wild(random) - 1;
    alarms += paired_shift(around_zero).probability <= 0.05 ? 1 : 0;
    const Shift s = paired_shift(around_one);
    held += s.low <= 1 && 1 <= s.high ? 1 : 0;
  }
  CHECK(static_cast<double>(alarms) / kTrials < 0.05 + 0.014);  // four standard errors
  CHECK(static_cast<double>(alarms) / kTrials > 0.025);
  CHECK(static_cast<double>(held) / kTrials > 0.95 - 0.014);
}

// By hand: the line is 0.0125, 0.025, 0.0375, 0.05. 0.03 lies above its second step, but 0.035 below its third takes it along.
TEST_CASE("statistics: false discovery rate") {
  CHECK(false_discovery_rate({0.03, 0.01, 0.06, 0.035}, 0.05) == std::vector<bool>{true, true, false, true});
  CHECK(false_discovery_rate({0.03, 0.026, 0.06, 0.04}, 0.05) == std::vector<bool>{false, false, false, false});
  CHECK(false_discovery_rate({}, 0.05).empty());
}
