// SPDX-License-Identifier: Apache-2.0
// Processes that measure by turns: one has the machine, the others sleep, and the first who asked is the next. Two runs of `deconv bench`
// then meet the same milliseconds, sample by sample: what changes with time hits both, and their comparison leaves it out.
#pragma once

#include <cstdint>
#include <string>

namespace deconv::tool {

// One process's part in the turns of all that name the same file. A process that dies gives its turn and its part back. Not for threads.
class Turns {
 public:
  // Creates the file where there is none; it stays. Throws std::runtime_error naming --turns and the file.
  explicit Turns(const std::string& path);
  ~Turns();
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  void take();
  void give();
  // With a turn: gives it to whoever asked before, and asks for the next.
  void pass();

  // With a turn: passes it on until every other process has come as far. Stages are numbers that grow.
  void meet(int64_t stage);

  // Seconds spent waiting for a turn.
  double waited_s() const { return waited_s_; }

 private:
  void ask();
  void wait();

  int descriptor_;
  int part_ = 0;
  int64_t stage_ = -1, ticket_ = 0;
  double waited_s_ = 0;
};

// A turn for as long as it lives; none where there are no turns to take.
class Turn {
 public:
  explicit Turn(Turns* turns) : turns_(turns) {
    if (turns_ != nullptr) turns_->take();
  }
  ~Turn() {
    if (turns_ != nullptr) turns_->give();
  }
  void meet(int64_t stage) {
    if (turns_ != nullptr) turns_->meet(stage);
  }
  void pass() {
    if (turns_ != nullptr) turns_->pass();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Turns* turns_;
};

}  // namespace deconv::tool
