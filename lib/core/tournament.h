// SPDX-License-Identifier: Apache-2.0
// Which of several candidates is the fastest, by measurements that disturb each other and are disturbed: by turns, in rounds, with medians,
// the hopeless leaving early. Knows nothing of layers; the stopwatch is the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace deconv {

// Seconds of one run of a candidate, averaged over `runs`; `warm`: after one more that is not timed.
using Stopwatch = std::function<double(size_t candidate, int64_t runs, bool warm)>;

struct Contestant {
  std::vector<double> rounds;  // seconds of a run in each round, until it left
  bool left = false;

  double median() const;  // 0 without rounds
};

struct Tournament {
  std::vector<Contestant> contestants;
  double seconds = 0;  // spent on runs
};

// Times candidates 0 to count - 1 until about `budget` seconds are spent, for six rounds at least and a hundred at most. `defender` never
// leaves. count >= 1.
Tournament hold_tournament(size_t count, size_t defender, double budget, const Stopwatch& stopwatch);

// The contestant that stayed and is the fastest beside the defender, round by round, if it is so beyond noise; otherwise the defender.
size_t winner(const Tournament& tournament, size_t defender);

}  // namespace deconv
