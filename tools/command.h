// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each adds itself to the program and leaves its exit status in `status` when it has run; what goes wrong is thrown as
// std::runtime_error.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace deconv::tool {

// Exit statuses of every command; `compare` has two more.
constexpr int kExitOk = 0;
constexpr int kExitWrong = 1;      // bench: a row was wrong; compare: a row is slower
constexpr int kExitUsage = 2;      // bad arguments or files
constexpr int kExitUndecided = 3;  // compare: the runs cannot be judged

void add_info(CLI::App& program, int& status);
void add_explain(CLI::App& program, int& status);
void add_bench(CLI::App& program, const std::vector<std::string>& arguments, int& status);  // `arguments`: the words of the command line
void add_compare(CLI::App& program, int& status);
void add_tune(CLI::App& program, int& status);
void add_report(CLI::App& program, int& status);

}  // namespace deconv::tool
