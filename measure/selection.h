// SPDX-License-Identifier: Apache-2.0
// What to measure layers with: variants, layouts and thread counts, as a command line lists them.
#pragma once

#include <string>
#include <vector>

#include "layer.h"

namespace deconv::bench {

// What computes: a backend, and the way it is asked to.
struct Variant {
  std::string name;       // as in row names: "highway", "highway:strict", "highway:phase_gemm"
  std::string backend;    // "highway"
  std::string algorithm;  // "": the backend chooses
  deconv_accuracy accuracy = DECONV_ACCURACY_DEFAULT;
  bool small_only = false;  // leave out layers that take it too long
};

// Every backend as it chooses and, if asked for, strictly where it has a choice. The plain loops would take hours on the large layers.
std::vector<Variant> every_backend(bool strict_too);

std::vector<std::string> backend_names();

// Comma-separated lists. All throw std::runtime_error naming the flag and the entry that is wrong.
std::vector<std::string> split_list(const std::string& flag, const std::string& list);
std::vector<Variant> parse_variants(const std::string& flag, const std::string& list);  // "backends": every_backend
std::vector<Layouts> parse_layouts(const std::string& flag, const std::string& list);
std::vector<int> parse_threads(const std::string& flag, const std::string& list);

std::string join(const std::vector<std::string>& names);  // "a, b"

}  // namespace deconv::bench
