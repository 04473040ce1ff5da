// SPDX-License-Identifier: Apache-2.0
#include "core/cpu_model.h"

#include <algorithm>
#include <fstream>

namespace deconv {
namespace {

std::string printable(std::string text) {
  constexpr size_t kLongest = 200;
  std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  text = text.substr(begin, kLongest);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// Of /proc/cpuinfo: x86 has a name; ARM has numbers for the maker, the part and its revision.
std::string from_lines(std::istream& lines) {
  std::string line, numbers;
  while (std::getline(lines, line)) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) {
      if (line.empty() && !numbers.empty()) break;  // the next core
      continue;
    }
    if (line.rfind("model name", 0) == 0) return printable(line.substr(colon + 2));
    if (line.rfind("CPU ", 0) == 0) numbers += " " + line.substr(colon + 2);
  }
  return numbers.empty() ? "" : printable("ARM" + numbers);
}

}  // namespace

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  const std::string model = from_lines(file);
  return model.empty() ? "unknown" : model;
}

}  // namespace deconv
