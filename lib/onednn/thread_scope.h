// SPDX-License-Identifier: Apache-2.0
// oneDNN has no thread count argument: it reads OpenMP's settings of the calling thread, at creation and at execution.
#pragma once

namespace deconv {

// While it lives, oneDNN uses at most `threads` threads when called from this thread; restores the settings it found. In a build
// without OpenMP it does nothing: the count is then whatever oneDNN's own runtime says (OMP_NUM_THREADS).
class ThreadScope {
 public:
  explicit ThreadScope(int threads) noexcept;
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int threads_ = 0;
  int levels_ = 0;
};

}  // namespace deconv
