// SPDX-License-Identifier: Apache-2.0
// How failures travel inside the library: an exception up to the C ABI, where it becomes a status and the thread's reason.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <exception>

#include "deconv/deconv.h"

namespace deconv {

// Carries its words in place: throwing one never allocates through operator new, so a reason survives low memory.
class Error : public std::exception {
 public:
#if defined(__GNUC__)
  __attribute__((format(printf, 3, 4)))
#endif
  Error(deconv_status status, const char* format, ...);
  const char* what() const noexcept override { return text_; }
  deconv_status status() const noexcept { return status_; }

 private:
  deconv_status status_;
  char text_[400];
};

// The calling thread's reason: what deconv_last_error returns.
void set_last_error(const char* text) noexcept;
const char* last_error() noexcept;

}  // namespace deconv
