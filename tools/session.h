// SPDX-License-Identifier: Apache-2.0
// Measures rows in rounds. A round visits every row: sets it up anew, times it for its share of the budget, and goes on. A row's rounds are
// spread over the whole run, so that what changes with time (frequency, neighbours) or from set-up to set-up (where tensors lie in memory)
// shows as a difference between its rounds instead of passing for a property of the row.
#pragma once

#include <functional>
#include <vector>

#include "result.h"
#include "row.h"
#include "turns.h"

namespace deconv::tool {

struct SessionOptions {
  int rounds = 20;  // at most; fewer where the budget ends before
  double budget_s = 0;
  bool cold = false;       // caches hold other data before each run
  Turns* turns = nullptr;  // not null: rows are set up and sampled by turns; waiting is not of the budget
};

struct Progress {
  int round, rounds;
  size_t row, rows;  // of this round
  const bench::RowSpec* spec;
  double elapsed_s, left_s;
};

// How many bytes are walked before a cold run: twice the last cache, at least 64 and at most 512 MiB.
int64_t cold_bytes();

struct Measured {
  std::vector<RowResult> rows;  // in the order of the specs; bounds are the caller's to add
  Noise noise;
  int rounds = 0;
  double elapsed_s = 0;
};

// Every row is verified before it is timed; one that fails has its error and no rounds. `tell` is called before each visit.
Measured measure(const std::vector<bench::RowSpec>& specs, const SessionOptions& options, const std::function<void(const Progress&)>& tell);

}  // namespace deconv::tool
