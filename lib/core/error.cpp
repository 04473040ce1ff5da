// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"

#include <cstdio>

namespace deconv {
namespace {

// Fixed memory: storing a reason must work when no allocation does.
thread_local char g_reason[400] = "";

}  // namespace

Error::Error(deconv_status status, const char* format, ...) : status_(status) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text_, sizeof(text_), format, arguments);
  va_end(arguments);
}

void set_last_error(const char* text) noexcept { std::snprintf(g_reason, sizeof(g_reason), "%s", text); }

const char* last_error() noexcept { return g_reason; }

}  // namespace deconv
