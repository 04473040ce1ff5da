// SPDX-License-Identifier: Apache-2.0
// Where the program's files lie.
#pragma once

#include <string>
#include <vector>

namespace deconv::tool {

// A file of the share/deconv beside the running program's bin, so that an installed tree can be moved. Throws std::runtime_error naming it.
std::string shared_file(const std::string& name);

// The real layers that come with the program.
std::string zoo_file();

struct ScriptResult {
  int status;          // 127: python3 cannot be run
  std::string output;  // its stdout, if asked for; stderr goes where ours goes
};

// Runs `python3 script arguments...` without a shell and waits for it. Throws std::runtime_error where no process can be made.
ScriptResult run_script(const std::string& script, const std::vector<std::string>& arguments, bool keep_output);

}  // namespace deconv::tool
