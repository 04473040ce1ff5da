// SPDX-License-Identifier: Apache-2.0
// Records, a folder and children for the tests of tuning.
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/tuning_record.h"
#include "core/tuning_text.h"

namespace deconv_test {

// A folder of its own, gone with the object.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "deconv_tuning.XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const char* name) const { return (path_ / name).string(); }
  size_t files() const { return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(path_), {})); }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

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
