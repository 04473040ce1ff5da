// SPDX-License-Identifier: Apache-2.0
// Made-up runs with the noise of shared machines: rounds that differ by the set-up, bursts that slow single samples, drift from run to run.
#include "comparison.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <utility>

using namespace deconv::tool;

namespace {

struct Machine {
  double round_spread = 0.01;  // standard deviation from round to round, relative
  double drift = 0.01;         // and from run to run, of each row
  double bursts = 0.1;         // part of the samples that others slow down, by up to 100 %
};

class Simulation {
 public:
  Simulation(const Machine& machine, uint64_t seed) : machine_(machine), random_(seed) {}

  // `slower`: factor on every tenth row.
  Results run(int rows, double slower = 1) {
    Results results;
    for (int i = 0; i < rows; ++i) {
      RowResult row;
      row.layer.name = "layer" + std::to_string(i);
      row.variant = "highway";
      const double ms = std::pow(10, i % 5 - 2) * (i % 10 == 0 ? slower : 1) * std::exp(machine_.drift * normal_(random_));
      for (int round = 0; round < 10; ++round) row.rounds.push_back(one_round(ms));
      results.rows.push_back(row);
    }
    return results;
  }

 private:
  Round one_round(double ms) {
    Round round;
    round.runs = 1;
    round.control_ms = 0.25;
    const double here = ms * std::exp(machine_.round_spread * normal_(random_));
    for (int i = 0; i < 9; ++i)
      round.samples_ms.push_back(here *
                                 (1 + 0.005 * std::fabs(normal_(random_)) + (uniform_(random_) < machine_.bursts ? uniform_(random_) : 0)));
    return round;
  }

  Machine machine_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
};

// Two runs by turns beside a neighbour who comes and goes within tenths of a second and slows what he meets by 1.3 to 1.6.
class SharedMachine {
 public:
  explicit SharedMachine(uint64_t seed, bool cold = false) : cold_(cold), random_(seed) {}

  // `slower`: factor on every tenth row of the second run.
  std::pair<Results, Results> runs(int rows, double slower = 1) {
    std::pair<Results, Results> both;
    for (Results* run : {&both.first, &both.second}) {
      run->context.noise.verdict = "too noisy";
      run->context.cold = cold_;
      for (int i = 0; i < rows; ++i) {
        run->rows.emplace_back();
        run->rows.back().layer.name = "layer" + std::to_string(i);
        run->rows.back().variant = "highway";
      }
    }
    for (int round = 0; round < 14; ++round) {
      for (size_t i = 0; i < static_cast<size_t>(rows); ++i) visit(both.first.rows[i], both.second.rows[i], i % 10 == 0 ? slower : 1);
    }
    return both;
  }

 private:
  void visit(RowResult& a, RowResult& b, double slower) {
    for (RowResult* row : {&a, &b}) {
      row->rounds.emplace_back();
      row->rounds.back().runs = 1;
      row->rounds.back().control_ms = 0.25 * neighbour_;
    }
    for (int i = 0; i < 10; ++i) {
      sample(a.rounds.back(), 5);
      sample(b.rounds.back(), 5 * slower);
    }
    now_s_ += 0.05;  // the next row's set-up
  }

  void sample(Round& round, double ms) {
    if (cold_) now_s_ += 0.05;
    if (uniform_(random_) < 0.03) neighbour_ = uniform_(random_) < 0.5 ? 1 : 1.3 + 0.3 * uniform_(random_);
    round.samples_ms.push_back(ms * neighbour_ * (1 + 0.02 * std::fabs(normal_(random_))));
    round.began_s.push_back(now_s_);
    now_s_ += 1e-3 * round.samples_ms.back();
  }

  bool cold_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  double neighbour_ = 1, now_s_ = 1.8e9;
};

int changed(const Comparison& comparison) { return comparison.count(Verdict::kSlower) + comparison.count(Verdict::kFaster); }

}  // namespace

TEST_CASE("comparison: two runs of one build differ in at most 5 of 100 rows, on any of twenty machines") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Machine machine;
    machine.round_spread = 0.002 * static_cast<double>(seed);  // up to 4 %
    machine.bursts = 0.02 * static_cast<double>(seed);
    Simulation simulation(machine, seed);
    const Results a = simulation.run(100), b = simulation.run(100);
    const Comparison comparison = compare(a, b, {});
    CHECK(comparison.rows.size() == 100);
    CHECK(changed(comparison) <= 5);
    CHECK(comparison.count(Verdict::kUndecided) == 0);
  }
}

TEST_CASE("comparison: without drift fewer than one run in twenty has any false alarm, however small a change counts") {
  int runs_with_alarm = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Machine machine;
    machine.drift = 0;
    Simulation simulation(machine, seed);
    ComparisonOptions options;
    options.least = 0;
    runs_with_alarm += changed(compare(simulation.run(100), simulation.run(100), options)) > 0 ? 1 : 0;
  }
  CHECK(runs_with_alarm <= 7);  // 3 expected at most; 8 or more have probability 0.008
}

TEST_CASE("comparison: a slowdown of 10 % is found in 9 of 10 rows, and no other row is named") {
  int found = 0, planted = 0, others = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation simulation({}, 100 + seed);
    const Results a = simulation.run(100), b = simulation.run(100, 1.1);
    const Comparison comparison = compare(a, b, {});
    int here = 0;
    for (size_t i = 0; i < comparison.rows.size(); ++i) {
      const bool slower = comparison.rows[i].verdict == Verdict::kSlower;
      (i % 10 == 0 ? here : others) += slower ? 1 : 0;
    }
    CHECK(here >= 9);
    found += here;
    planted += 10;
  }
  CHECK(found >= 0.95 * planted);
  CHECK(others <= 2);
}

TEST_CASE("comparison: runs by turns are told apart beside a neighbour that hides the same from runs one after the other") {
  int found_apart = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SharedMachine machine(seed);
    auto equal = machine.runs(100);
    const Comparison same = compare(equal.first, equal.second, {});
    CHECK(same.by_turns);
    CHECK_FALSE(same.too_noisy);
    CHECK(changed(same) <= 1);
    CHECK(same.count(Verdict::kUndecided) == 0);
    auto planted = machine.runs(100, 1.1);
    CHECK(compare(planted.first, planted.second, {}).count(Verdict::kSlower) >= 9);
    for (RowResult& row : planted.second.rows) {
      for (Round& round : row.rounds) {
        for (double& began : round.began_s) began += 3600;  // an hour later
      }
    }
    const Comparison apart = compare(planted.first, planted.second, {});
    CHECK_FALSE(apart.by_turns);
    CHECK(apart.too_noisy);
    found_apart += apart.count(Verdict::kSlower);
  }
  CHECK(found_apart < 50);  // of 100
}

TEST_CASE("comparison: caches cleaned before each sample do not part the pairs of runs by turns") {
  SharedMachine machine(3, true);
  auto planted = machine.runs(20, 1.2);
  const Comparison cold = compare(planted.first, planted.second, {});
  CHECK(cold.by_turns);
  CHECK(cold.count(Verdict::kSlower) == 2);
  CHECK(cold.count(Verdict::kUndecided) == 0);
  planted.first.context.cold = planted.second.context.cold = false;  // nothing accounts for the gaps
  CHECK_FALSE(compare(planted.first, planted.second, {}).by_turns);
}

TEST_CASE("comparison: the interval holds the ratio") {
  Simulation simulation({0.01, 0, 0.1}, 7);
  const Comparison comparison = compare(simulation.run(100), simulation.run(100, 1.1), {});
  int held = 0;
  for (size_t i = 0; i < comparison.rows.size(); ++i) {
    const double truth = i % 10 == 0 ? 1.1 : 1;
    held += comparison.rows[i].low <= truth && truth <= comparison.rows[i].high ? 1 : 0;
  }
  CHECK(held >= 89);  // of 95 expected; 88 or fewer have probability 0.004
}

TEST_CASE("comparison: too few rounds decide nothing; rows are matched by name") {
  Simulation simulation({}, 9);
  Results a = simulation.run(3), b = simulation.run(3, 2);
  for (Results* run : {&a, &b}) run->rows[0].rounds.resize(3);
  const Comparison few = compare(a, b, {});
  CHECK(few.rows[0].verdict == Verdict::kUndecided);
  CHECK(few.rows[1].verdict == Verdict::kSame);
  b.rows[1].layer.name = "other";
  b.rows[2].error = "out of memory";
  const Comparison apart = compare(a, b, {});
  CHECK(apart.rows.size() == 1);
  REQUIRE(apart.only_in_one.size() == 3);
  CHECK(apart.only_in_one[0] == "layer1, nchw t1, highway: not in B");
  CHECK(apart.only_in_one[1] == "layer2, nchw t1, highway: out of memory");
  CHECK(apart.only_in_one[2] == "other, nchw t1, highway: not in A");
  a.rows[1].layer.name = "layer0";
  CHECK_THROWS_WITH_AS(compare(a, b, {}), "row \"layer0, nchw t1, highway\" stands twice in one file", std::runtime_error);
}
