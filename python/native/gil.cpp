// SPDX-License-Identifier: Apache-2.0
#include "gil.h"

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

#include <atomic>
#include <chrono>
#include <thread>

namespace nb = nanobind;

namespace deconv_python {
namespace {

constexpr std::chrono::milliseconds kPause(1);

std::atomic<bool> ending{false};
std::atomic<std::thread::id> ending_thread{};
std::atomic<int> asking{0};  // threads that ask for the lock, and saw no end before

// With the lock. Python has joined all threads but the daemon ones. Whoever asks already still gets the lock.
void begin_end() {
  // What daemon threads refer to is never freed: nanobind would report it.
  if (nb::cast<int>(nb::module_::import_("threading").attr("active_count")()) > 1) nb::set_leak_warnings(false);
  ending_thread = std::this_thread::get_id();
  ending = true;
  PyThreadState* const state = PyEval_SaveThread();
  while (asking > 0) std::this_thread::sleep_for(kPause);
  PyEval_RestoreThread(state);
}

}  // namespace

ReleasedGil::ReleasedGil() : state_(PyEval_SaveThread()) {}

ReleasedGil::~ReleasedGil() {
  ++asking;
  if (ending && ending_thread.load() != std::this_thread::get_id()) {
    --asking;
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
  PyEval_RestoreThread(state_);
  --asking;
}

void watch_exit() {
  nb::module_::import_("atexit").attr("register")(nb::cpp_function(&begin_end));
#if defined(__unix__) || defined(__APPLE__)
  pthread_atfork(nullptr, nullptr, [] { asking = 0; });  // whoever asks while another thread forks is not in the child
#endif
}

}  // namespace deconv_python
