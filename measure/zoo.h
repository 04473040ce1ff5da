// SPDX-License-Identifier: Apache-2.0
// Reads layers from a CSV file: one header line, one layer a line, plain commas.
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "layer.h"

namespace deconv::bench {

// Columns are found by name (see zoo.csv); model, followed_by, source and verified are for people and may be missing.
// Throws std::runtime_error naming file, line and field, also where out_* differs from what the geometry gives.
std::vector<Layer> read_zoo(const std::string& path);
std::vector<Layer> read_zoo(std::istream& file, const std::string& path);  // `path`: what errors call it

// Names, one a line; empty lines and what follows a # are ignored. Throws std::runtime_error.
std::vector<std::string> read_names(const std::string& path);

// The layers named, in that order. Throws std::runtime_error for a name that is not there.
std::vector<Layer> select(const std::vector<Layer>& zoo, const std::vector<std::string>& names);

}  // namespace deconv::bench
