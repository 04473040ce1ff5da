// SPDX-License-Identifier: Apache-2.0
// Records, files and children for the tests of tuning.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "core/tuning_record.h"
#include "core/tuning_text.h"
#include "support/folder.h"

namespace deconv_test {

inline void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

inline deconv::TuningRecord record(const std::string& chosen, const std::string& measured = "2026-11-26T15:00:00Z") {
  return {chosen, 37100, "highway/phase_gemm", 41000, measured};
}

inline bool same(const deconv::TuningRecords& a, const deconv::TuningRecords& b) {
  return deconv::format_tuning(a, {"v", "c"}) == deconv::format_tuning(b, {"v", "c"});
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Starts f in a child, which ends with 0 if f returns true; a child that hangs is ended after a minute.
template <class F>
pid_t start_child(const F& f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    try {
      _exit(f() ? 0 : 1);
    } catch (...) {
      _exit(2);  // what is thrown must not carry the parent's tests on
    }
  }
  return child;
}

inline bool succeeded(pid_t child) {
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace deconv_test
