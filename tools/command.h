// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each adds itself to the program and leaves its exit status in `status` when it has run; what goes wrong is thrown as
// std::runtime_error.
#pragma once

#include <CLI/CLI.hpp>
#include <cmath>
#include <string>
#include <vector>

namespace deconv::tool {

// Exit statuses of every command; `compare` has two more.
constexpr int kExitOk = 0;
constexpr int kExitWrong = 1;      // bench: a row was wrong; compare: a row is slower
constexpr int kExitUsage = 2;      // bad arguments or files
constexpr int kExitUndecided = 3;  // compare: the runs cannot be judged

// For options that are numbers: not a number lies within every range of CLI11.
inline CLI::Validator finite() {
  return {[](const std::string& text) {
            double value = 0;
            return CLI::detail::lexical_cast(text, value) && std::isfinite(value) ? std::string() : "must be a finite number: " + text;
          },
          ""};
}

void add_info(CLI::App& program, int& status);
void add_explain(CLI::App& program, int& status);
void add_bench(CLI::App& program, const std::vector<std::string>& arguments, int& status);  // `arguments`: the words of the command line
void add_compare(CLI::App& program, int& status);
void add_tune(CLI::App& program, int& status);
void add_report(CLI::App& program, int& status);

}  // namespace deconv::tool
