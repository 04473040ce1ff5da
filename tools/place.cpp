// SPDX-License-Identifier: Apache-2.0
#include "place.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/wait.h>
#include <unistd.h>
#endif
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

namespace deconv::tool {
namespace {

namespace fs = std::filesystem;

fs::path program_folder() {
#if defined(__APPLE__)
  char path[4096];
  uint32_t size = sizeof(path);
  if (_NSGetExecutablePath(path, &size) == 0) return fs::weakly_canonical(path).parent_path();
#endif
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path(".") : program.parent_path();
}

#if defined(__unix__) || defined(__APPLE__)
[[noreturn]] void fail(const char* what) { throw std::runtime_error(std::string("python3: ") + what + ": " + std::strerror(errno)); }

[[noreturn]] void become_script(const std::string& script, const std::vector<std::string>& arguments, int output) {
  if (output >= 0) dup2(output, STDOUT_FILENO);
  std::vector<std::string> words = {"python3", script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp("python3", argv.data());
  _exit(127);
}

std::string read_all(int file) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(file, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer, static_cast<size_t>(count));
  }
}
#endif

}  // namespace

std::string shared_file(const std::string& name) {
  const fs::path path = (program_folder() / DECONV_TOOL_SHARE / name).lexically_normal();
  std::error_code error;
  if (!fs::exists(path, error)) throw std::runtime_error(path.string() + " is missing: the installation is incomplete");
  return path.string();
}

std::string zoo_file() { return shared_file("zoo.csv"); }

ScriptResult run_script(const std::string& script, const std::vector<std::string>& arguments, bool keep_output) {
#if defined(__unix__) || defined(__APPLE__)
  int ends[2] = {-1, -1};
  if (keep_output && pipe(ends) != 0) fail("no pipe");
  const pid_t child = fork();
  if (child < 0) fail("no process");
  if (child == 0) become_script(script, arguments, ends[1]);
  ScriptResult result{1, ""};
  if (keep_output) {
    close(ends[1]);
    result.output = read_all(ends[0]);
    close(ends[0]);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail("lost");
  }
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
#else
  (void)arguments, (void)keep_output;
  throw std::runtime_error("this system runs no scripts from here: run python3 " + script);
#endif
}

}  // namespace deconv::tool
