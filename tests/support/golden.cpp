// SPDX-License-Identifier: Apache-2.0
#include "support/golden.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace deconv_test {
namespace {

Axes parse_axes(std::string text, int rank) {
  for (char& c : text)
    if (c == ',') c = ' ';
  std::istringstream stream(text);
  Axes axes{0, 0, 0};
  for (int axis = 0; axis < rank; ++axis)
    if (!(stream >> axes[axis])) throw std::runtime_error("golden: expected " + std::to_string(rank) + " numbers in '" + text + "'");
  return axes;
}

// case <name> rank batch groups ic oc | in | kernel | stride | dilation | pad_begin | pad_end | output_padding | out | bias | ort
GoldenCase parse_case(const std::string& line) {
  std::istringstream stream(line);
  std::string word, field;
  GoldenCase c;
  Problem& p = c.problem;
  stream >> word >> c.name >> p.rank >> p.batch >> p.groups >> p.in_channels >> p.out_channels;
  if (!stream) throw std::runtime_error("golden: malformed line '" + line + "'");
  std::getline(stream, field, '|');
  for (Axes* axes : {&p.in, &p.kernel, &p.stride, &p.dilation, &p.pad_begin, &p.pad_end, &p.output_padding, &c.out}) {
    std::getline(stream, field, '|');
    *axes = parse_axes(field, p.rank);
  }
  std::getline(stream, field, '|');
  p.bias = field.find('1') != std::string::npos;
  return c;
}

}  // namespace

std::vector<GoldenCase> load_golden(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("golden: cannot read " + path);
  std::vector<GoldenCase> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("case ", 0) == 0) cases.push_back(parse_case(line));
    if (line.rfind("dst", 0) != 0 || cases.empty()) continue;
    std::istringstream stream(line.substr(3));
    for (double value; stream >> value;) cases.back().dst.push_back(value);
  }
  return cases;
}

}  // namespace deconv_test
