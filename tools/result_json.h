// SPDX-License-Identifier: Apache-2.0
// Results as docs/bench_json.md describes them.
#pragma once

#include <string>

#include "result.h"

namespace deconv::tool {

// One row a line. Throws std::runtime_error where the file cannot be written.
void write_json(const Results& results, const std::string& path);

// One line for each row, without samples. Same errors.
void write_csv(const Results& results, const std::string& path);

// What a comparison needs of a file: names, rounds, noise. Throws std::runtime_error naming file and field.
Results read_json(const std::string& path);

}  // namespace deconv::tool
