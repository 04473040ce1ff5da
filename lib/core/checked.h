// SPDX-License-Identifier: Apache-2.0
// 64-bit arithmetic on sizes that come from untrusted models: an overflow is an error, never a wrapped number.
#pragma once

#include <cstdint>
#include <limits>

#include "core/error.h"

namespace deconv {

// a * b and a + b; `what` names the quantity in the error.
inline int64_t checked_mul(int64_t a, int64_t b, const char* what) {
  int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) {
    throw Error(DECONV_INVALID_ARGUMENT, "%s overflows 64 bits: %lld * %lld", what, static_cast<long long>(a), static_cast<long long>(b));
  }
  return result;
}

inline int64_t checked_add(int64_t a, int64_t b, const char* what) {
  int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) {
    throw Error(DECONV_INVALID_ARGUMENT, "%s overflows 64 bits: %lld + %lld", what, static_cast<long long>(a), static_cast<long long>(b));
  }
  return result;
}

// For figures that are reported and never index memory: stays at the largest value.
inline int64_t saturating_mul(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::numeric_limits<int64_t>::max() : result;
}

inline int64_t saturating_add(int64_t a, int64_t b) {
  int64_t result = 0;
  return __builtin_add_overflow(a, b, &result) ? std::numeric_limits<int64_t>::max() : result;
}

}  // namespace deconv
