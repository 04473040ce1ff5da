// SPDX-License-Identifier: Apache-2.0
#include "core/tournament.h"

#include <algorithm>
#include <cmath>

namespace deconv {
namespace {

constexpr int kLeastRounds = 6, kMostRounds = 100;
// Long runs have few rounds in their time. Where the leader might owe its lead to noise, it and the defender play on, and again. 89 ms
// beside 95 with noise of 5 % are found in 63 of 100 trials with one play-off, in 83 with three; a lead below one per cent is not worth the
// time.
constexpr int kRoundsOfPlayOff = 12, kPlayOffs = 3;
// A round's sample: long enough for the clock and for a timer's interrupt to count little, short enough for tens of rounds in a second.
constexpr double kShortestSample = 1e-4, kLongestSample = 5e-3;
constexpr double kSamplesOfBudget = 200;
constexpr int64_t kMostRuns = 1000;
// Whoever ran before has left its own data in the caches: bringing 30 MB back takes 3 ms, less than noise in a long run. Nor does a moment
// of somebody else's on this core count in one.
constexpr double kLongRun = 50e-3;
// Who leaves: after the first long run above 4 times the fastest, after the second round above 2, and from the fifth on whoever's best
// round is above the fastest one's median by a tenth.
constexpr double kHopelessAtOnce = 4, kHopeless = 2, kNeverNear = 1.1;
constexpr int kRoundsOfDoubt = 5;
// The winner must be faster in so many rounds that chance alone would do it once in fifty times (six of six, 17 of 24), and by two per
// cent.
constexpr double kChance = 1.0 / 64;
constexpr double kLeastGain = 0.98, kWorthDoubt = 0.99;

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double fastest_round(const Contestant& c) { return *std::min_element(c.rounds.begin(), c.rounds.end()); }

// How likely `successes` or more of `trials` fair coins are.
double chance_of(size_t successes, size_t trials) {
  double term = std::pow(0.5, static_cast<double>(trials)), sum = 0;  // of all heads
  for (size_t heads = trials;; --heads) {
    sum += term;
    if (heads <= successes) return sum;
    term *= static_cast<double>(heads) / static_cast<double>(trials - heads + 1);
  }
}

// Round by round: what disturbs a round disturbs both.
std::vector<double> ratios(const Contestant& challenger, const Contestant& defender) {
  std::vector<double> result(challenger.rounds.size());
  std::transform(challenger.rounds.begin(), challenger.rounds.end(), defender.rounds.begin(), result.begin(), std::divides<>());
  return result;
}

double gain(const Contestant& challenger, const Contestant& defender) { return median_of(ratios(challenger, defender)); }

bool beyond_noise(const Contestant& challenger, const Contestant& defender) {
  const std::vector<double> all = ratios(challenger, defender);
  const auto faster = static_cast<size_t>(std::count_if(all.begin(), all.end(), [](double ratio) { return ratio < 1; }));
  return chance_of(faster, all.size()) <= kChance && median_of(all) <= kLeastGain;
}

// Of those that stayed, who is the fastest beside the defender.
size_t leader(const Tournament& tournament, size_t defender) {
  size_t best = defender;
  double best_gain = 1;
  for (size_t i = 0; i < tournament.contestants.size(); ++i) {
    const Contestant& c = tournament.contestants[i];
    if (c.left || c.rounds.empty()) continue;
    const double here = gain(c, tournament.contestants[defender]);
    if (here < best_gain) best = i, best_gain = here;
  }
  return best;
}

class Contest {
 public:
  Contest(size_t count, size_t defender, double budget, const Stopwatch& stopwatch)
      : defender_(defender),
        budget_(budget),
        sample_(std::clamp(budget / kSamplesOfBudget, kShortestSample, kLongestSample)),
        stopwatch_(stopwatch) {
    result_.contestants.resize(count);
  }

  Tournament run() {
    for (int round = 0; round < kMostRounds && (round < kLeastRounds || result_.seconds < budget_); ++round) {
      if (round >= kLeastRounds && remaining() == 1) break;
      play(round);
      dismiss();
    }
    while (rounds() < kLeastRounds + kPlayOffs * kRoundsOfPlayOff && undecided()) play_off();
    return result_;
  }

 private:
  // There and back, so that no one always follows the same neighbour.
  void play(int round) {
    const size_t count = result_.contestants.size();
    for (size_t i = 0; i < count; ++i) {
      const size_t candidate = round % 2 == 0 ? i : count - 1 - i;
      Contestant& c = result_.contestants[candidate];
      if (c.left) continue;
      const double usual = c.median();
      const auto runs = usual > 0 ? static_cast<int64_t>(std::clamp(sample_ / usual, 1.0, static_cast<double>(kMostRuns))) : int64_t{1};
      const bool warm = usual < kLongRun;
      const double seconds = stopwatch_(candidate, runs, warm);
      c.rounds.push_back(seconds);
      result_.seconds += seconds * static_cast<double>(runs + (warm ? 1 : 0));
      if (round == 0) dismiss_slower_than(std::max(kHopelessAtOnce * fastest(), kLongRun));
    }
  }

  void dismiss() {
    if (rounds() == 2) dismiss_slower_than(kHopeless * fastest());
    if (rounds() >= kRoundsOfDoubt) dismiss_slower_than(kNeverNear * best_median());
  }

  int rounds() const { return static_cast<int>(result_.contestants[defender_].rounds.size()); }

  bool undecided() const {
    const size_t best = leader(result_, defender_);
    const Contestant &challenger = result_.contestants[best], &defender = result_.contestants[defender_];
    return best != defender_ && gain(challenger, defender) <= kWorthDoubt && !beyond_noise(challenger, defender);
  }

  void play_off() {
    const size_t challenger = leader(result_, defender_);
    for (size_t i = 0; i < result_.contestants.size(); ++i) {
      result_.contestants[i].left = i != challenger && i != defender_;
    }
    for (int round = 0; round < kRoundsOfPlayOff; ++round) play(round);
  }

  void dismiss_slower_than(double limit) {
    for (size_t i = 0; i < result_.contestants.size(); ++i) {
      Contestant& c = result_.contestants[i];
      c.left = c.left || (i != defender_ && !c.rounds.empty() && fastest_round(c) > limit);
    }
  }

  double fastest() const {
    double best = HUGE_VAL;
    for (const Contestant& c : result_.contestants) best = c.rounds.empty() ? best : std::min(best, fastest_round(c));
    return best;
  }

  double best_median() const {
    double best = HUGE_VAL;
    for (const Contestant& c : result_.contestants) best = c.left ? best : std::min(best, c.median());
    return best;
  }

  int64_t remaining() const {
    return std::count_if(result_.contestants.begin(), result_.contestants.end(), [](const Contestant& c) { return !c.left; });
  }

  size_t defender_;
  double budget_, sample_;
  const Stopwatch& stopwatch_;
  Tournament result_;
};

}  // namespace

double Contestant::median() const { return median_of(rounds); }

Tournament hold_tournament(size_t count, size_t defender, double budget, const Stopwatch& stopwatch) {
  return Contest(count, defender, budget, stopwatch).run();
}

size_t winner(const Tournament& tournament, size_t defender) {
  const size_t best = leader(tournament, defender);
  return best != defender && beyond_noise(tournament.contestants[best], tournament.contestants[defender]) ? best : defender;
}

}  // namespace deconv
