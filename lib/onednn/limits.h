// SPDX-License-Identifier: Apache-2.0
// What oneDNN must not be asked to do: problems it gets wrong, and problems whose creation takes minutes.
#pragma once

#include <string>

#include "core/backend.h"

namespace deconv {

// Whether oneDNN may be asked at all.
Support check_limits(const Parameters& params, const Shape& shape);

// Whether oneDNN's own choice of a weights format, which brings in its brgemm implementations, would take too long.
bool slow_to_choose(const Parameters& params, const Shape& shape);

// Whether one of oneDNN's implementations, named by its implementation string, may be used.
Support check_implementation(const Parameters& params, const std::string& implementation);

}  // namespace deconv
