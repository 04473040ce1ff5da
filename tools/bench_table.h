// SPDX-License-Identifier: Apache-2.0
// Results for people: every line within 80 columns.
#pragma once

#include <string>

#include "result.h"

namespace deconv::tool {

// For each layer, layout and thread count a line of its own and one for each variant, compared with the first; geometric means below.
std::string format_results(const Results& results);

}  // namespace deconv::tool
