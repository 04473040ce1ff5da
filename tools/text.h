// SPDX-License-Identifier: Apache-2.0
// Figures and lines for people, within the 80 columns of a terminal.
#pragma once

#include <cstdint>
#include <string>

namespace deconv::tool {

constexpr size_t kColumns = 80;

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
std::string
format(const char* pattern, ...);

std::string milliseconds(double ms);    // "0.0123", "1.234", "12.34", "123.4": four figures, no unit
std::string bytes_text(int64_t bytes);  // "48 KiB", "2.5 MiB"
std::string operations(int64_t flops);  // "8.59 GFLOP"
std::string duration(double seconds);   // "0:07", "12:34", "1:02:03"
std::string percent(double value);      // "0.8 %", "12 %"

// Words of `text` on lines of at most kColumns; the first line begins with `first`, the others with as many spaces. Ends with a line end.
std::string wrap(const std::string& first, const std::string& text);

// `text` in `width` columns, cut with ".." where it is longer.
std::string cut(const std::string& text, size_t width);

}  // namespace deconv::tool
