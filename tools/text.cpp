// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <sstream>

namespace deconv::tool {

std::string format(const char* pattern, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof(text), pattern, arguments);
  va_end(arguments);
  return text;
}

std::string milliseconds(double ms) { return format("%.*f", ms < 1 ? 4 : ms < 10 ? 3 : ms < 100 ? 2 : 1, ms); }

std::string bytes_text(int64_t bytes) {
  const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit) value /= 1024;
  return format(value < 10 && value != std::floor(value) ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

std::string operations(int64_t flops) {
  const auto value = static_cast<double>(flops);
  return value < 1e9 ? format("%.3g MFLOP", value * 1e-6) : format("%.3g GFLOP", value * 1e-9);
}

std::string duration(double seconds) {
  const auto all = static_cast<long long>(std::ceil(seconds));
  return all < 3600 ? format("%lld:%02lld", all / 60, all % 60) : format("%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
}

std::string percent(double value) { return format(value < 10 ? "%.1f %%" : "%.0f %%", value); }

std::string wrap(const std::string& first, const std::string& text) {
  const std::string indent(first.size(), ' ');
  std::string all, line = first;
  std::istringstream words(text);
  bool empty = true;  // no word on the line yet
  const size_t room = kColumns - first.size();
  for (std::string word; words >> word; empty = false) {
    for (; word.size() > room; word.erase(0, room)) {  // no line holds it
      all += (empty ? line : line + "\n" + indent) + word.substr(0, room) + "\n";
      line = indent;
      empty = true;
    }
    if (!empty && line.size() + 1 + word.size() > kColumns) {
      all += line + "\n";
      line = indent;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
  }
  return all + line + "\n";
}

std::string cut(const std::string& text, size_t width) {
  if (text.size() <= width) return text + std::string(width - text.size(), ' ');
  return text.substr(0, width - 2) + "..";
}

}  // namespace deconv::tool
