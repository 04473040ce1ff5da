// SPDX-License-Identifier: Apache-2.0
// Which CPU this is, for people and for files that hold measurements.
#pragma once

#include <string>

namespace deconv {

// "Intel(R) Xeon(R) Gold 6430": printable ASCII without spaces at its ends, at most 200 characters. "unknown" where the system does not
// say.
std::string cpu_model();

}  // namespace deconv
