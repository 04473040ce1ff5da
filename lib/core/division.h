// SPDX-License-Identifier: Apache-2.0
// Divisions that round up or down, for negative dividends too. No sum is formed: the divisor may be any stride.
#pragma once

#include <cstdint>

namespace deconv {

constexpr int64_t ceil_div(int64_t a, int64_t b) { return a / b + (a % b > 0); }
constexpr int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

}  // namespace deconv
