// SPDX-License-Identifier: Apache-2.0
// Who wins, with planted times: the right one, and never one that is slower beyond noise.
#include "core/tournament.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using deconv::hold_tournament;
using deconv::Tournament;
using deconv::winner;

namespace {

// Times with noise: lognormal of a few per cent, now and then an interrupt, and slow spells that everyone shares.
class NoisyMachine {
 public:
  NoisyMachine(std::vector<double> seconds, double noise, unsigned seed) : seconds_(std::move(seconds)), noise_(noise), numbers_(seed) {}

  double operator()(size_t candidate, int64_t runs, bool warm) {
    runs_ += runs + (warm ? 1 : 0);
    if (uniform() < 0.02) drift_ = 1 + 0.3 * uniform();
    const double interrupt = uniform() < 0.03 ? 1 + 2 * uniform() : 1;
    return seconds_[candidate] * drift_ * interrupt * std::exp(noise_ * normal_(numbers_));
  }

  int64_t runs() const { return runs_; }

 private:
  double uniform() { return std::uniform_real_distribution<>(0, 1)(numbers_); }

  std::vector<double> seconds_;
  double noise_, drift_ = 1;
  int64_t runs_ = 0;
  std::mt19937 numbers_;
  std::normal_distribution<> normal_;
};

size_t winner_of(const std::vector<double>& seconds, size_t defender, double budget, double noise, unsigned seed) {
  NoisyMachine machine(seconds, noise, seed);
  return winner(hold_tournament(seconds.size(), defender, budget, std::ref(machine)), defender);
}

}  // namespace

TEST_CASE("tournament: without noise the fastest wins, if it is faster by two per cent") {
  CHECK(winner_of({1e-3, 0.9e-3, 2e-3}, 0, 1, 0, 1) == 1);
  CHECK(winner_of({1e-3, 0.9e-3, 0.8e-3}, 2, 1, 0, 1) == 2);
  CHECK(winner_of({1e-3, 0.99e-3}, 0, 1, 0, 1) == 0);
  CHECK(winner_of({1e-3, 1e-3}, 1, 1, 0, 1) == 1);
  CHECK(winner_of({5e-3}, 0, 1, 0, 1) == 0);
}

// The bar of the issue: a choice at most three per cent slower than the best.
TEST_CASE("tournament: with noise it stays within three per cent of the best") {
  int poor = 0;
  constexpr int kTrials = 300;
  for (unsigned seed = 0; seed < kTrials; ++seed) {
    std::mt19937 numbers(seed);
    std::vector<double> seconds(5);
    for (double& s : seconds) s = 1e-4 * std::exp(std::uniform_real_distribution<>(0, 0.5)(numbers));
    const size_t chosen = winner_of(seconds, 0, 1, 0.03, seed);
    poor += seconds[chosen] > 1.03 * *std::min_element(seconds.begin(), seconds.end()) ? 1 : 0;
  }
  CHECK(poor <= kTrials / 100);
}

TEST_CASE("tournament: equals do not take the untuned choice's place, however noisy the machine") {
  for (const double noise : {0.01, 0.05, 0.2}) {
    for (const double budget : {0.01, 1.0}) {
      int changed = 0;
      for (unsigned seed = 0; seed < 200; ++seed) changed += winner_of({1e-3, 1e-3, 1e-3, 1e-3}, 0, budget, noise, seed) == 0 ? 0 : 1;
      CAPTURE(noise);
      CAPTURE(budget);
      // Three rivals, and one in 64 for each; where six rounds leave a doubt, as often again: 9 and 19 expected at most, and their
      // deviations.
      CHECK(changed <= (budget < 1 ? 27 : 15));
    }
  }
}

TEST_CASE("tournament: never slower than the untuned choice beyond noise") {
  for (const double noise : {0.02, 0.1}) {
    for (unsigned seed = 0; seed < 200; ++seed) CHECK(winner_of({1e-3, 1.05e-3, 1.2e-3, 3e-3}, 0, 1, noise, seed) == 0);
  }
}

TEST_CASE("tournament: long runs get six rounds, whatever the budget") {
  CHECK(winner_of({2.0, 1.0}, 0, 0.1, 0.02, 1) == 1);
  CHECK(winner_of({2.0, 1.9}, 0, 0.1, 0.005, 1) == 1);
  NoisyMachine machine({2.0, 1.0}, 0, 1);
  const Tournament t = hold_tournament(2, 0, 0.1, std::ref(machine));
  CHECK(t.contestants[0].rounds.size() == 6);
}

// 95 ms against 89, a budget of ten runs: with noise of 2 % six rounds alone find it in two of three trials, with 5 % one play-off in 63 of
// 100.
TEST_CASE("tournament: a lead that noise might explain is played out") {
  const auto found_of_200 = [](double noise, int rounds) {
    int found = 0, longest = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
      NoisyMachine machine({95e-3, 89e-3, 140e-3}, noise, seed);
      const Tournament t = hold_tournament(3, 0, 1, std::ref(machine));
      found += winner(t, 0) == 1 ? 1 : 0;
      longest = std::max(longest, static_cast<int>(t.contestants[0].rounds.size()));
    }
    CHECK(longest <= rounds);
    return found;
  };
  CHECK(found_of_200(0.02, 42) >= 194);
  CHECK(found_of_200(0.05, 42) >= 154);
}

TEST_CASE("tournament: the hopeless leave early, the untuned choice never") {
  std::vector<double> seconds = {1.0, 0.1, 0.11, 0.25, 0.5};
  std::vector<int64_t> runs(seconds.size());
  const Tournament t = hold_tournament(seconds.size(), 0, 20, [&](size_t candidate, int64_t count, bool warm) {
    runs[candidate] += count + (warm ? 1 : 0);
    return seconds[candidate];
  });
  CHECK(t.contestants[4].rounds.size() == 1);
  CHECK(runs[4] == 2);
  CHECK(t.contestants[3].rounds.size() == 2);
  CHECK(t.contestants[2].rounds.size() >= 5);
  CHECK(t.contestants[0].rounds.size() == t.contestants[1].rounds.size());
  CHECK_FALSE(t.contestants[0].left);
  CHECK(winner(t, 0) == 1);
}

TEST_CASE("tournament: one interrupt in the first round of a short run ends nobody's chances") {
  int calls = 0;
  const std::vector<double> seconds = {1e-4, 0.8e-4};
  const Tournament t =
      hold_tournament(2, 0, 0.5, [&](size_t candidate, int64_t, bool) { return ++calls == 2 ? 3e-3 : seconds[candidate]; });
  CHECK(winner(t, 0) == 1);
}

TEST_CASE("tournament: keeps to its budget") {
  for (const double budget : {0.01, 0.1, 1.0}) {
    NoisyMachine machine({1e-5, 1.1e-5, 1.02e-5}, 0.02, 1);
    const Tournament t = hold_tournament(3, 0, budget, std::ref(machine));
    CHECK(t.seconds < 1.2 * budget + 0.01);
    CHECK(t.contestants[0].rounds.size() <= 100);
    CHECK(t.seconds >= 0.9 * budget);
  }
}
