// SPDX-License-Identifier: Apache-2.0
// Other Python threads run while the library computes.
#pragma once

#include <nanobind/nanobind.h>

namespace deconv_python {

// Gives the interpreter's lock away, and takes it back at the end. Python 3.10 to 3.13 end a daemon thread that asks for the lock after the
// interpreter has begun to end by unwinding its stack, at which the frames of a binding, which may not throw, end the process by
// std::terminate. A thread that comes back so late waits for the process's end instead, as in Python 3.14.
class ReleasedGil {
 public:
  ReleasedGil();
  ~ReleasedGil();
  ReleasedGil(const ReleasedGil&) = delete;
  ReleasedGil& operator=(const ReleasedGil&) = delete;

 private:
  PyThreadState* state_;
};

// Registers what tells the threads of the interpreter's end.
void watch_exit();

}  // namespace deconv_python
