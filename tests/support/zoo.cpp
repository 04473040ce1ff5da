// SPDX-License-Identifier: Apache-2.0
#include "support/zoo.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace deconv_test {
namespace {

using Fields = std::map<std::string, std::string>;

std::vector<std::string> split_line(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream stream(line);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

int64_t number(const Fields& fields, const std::string& column) {
  const auto found = fields.find(column);
  if (found == fields.end() || found->second.empty()) throw std::runtime_error("zoo: no value for column '" + column + "'");
  int64_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  const auto [rest, error] = std::from_chars(found->second.data(), end, value);
  if (error != std::errc() || rest != end) throw std::runtime_error("zoo: " + column + " = '" + found->second + "' is not an integer");
  return value;
}

Axes axes(const Fields& fields, const std::string& prefix, int rank) {
  constexpr const char* kNames[] = {"_d", "_h", "_w"};
  Axes result{0, 0, 0};
  for (int axis = 0; axis < rank; ++axis) result[axis] = number(fields, prefix + kNames[DECONV_MAX_RANK - rank + axis]);
  return result;
}

ZooRow parse_row(const Fields& fields) {
  ZooRow row;
  const auto layer = fields.find("layer");
  if (layer == fields.end()) throw std::runtime_error("zoo: no column 'layer'");
  row.layer = layer->second;
  Problem& p = row.problem;
  const int64_t rank = number(fields, "rank");
  if (rank < 1 || rank > DECONV_MAX_RANK) throw std::runtime_error("zoo: rank = " + std::to_string(rank) + " is not 1, 2 or 3");
  p.rank = static_cast<int>(rank);
  p.batch = number(fields, "batch");
  p.groups = number(fields, "groups");
  p.in_channels = number(fields, "in_channels");
  p.out_channels = number(fields, "out_channels");
  p.in = axes(fields, "in", p.rank);
  p.kernel = axes(fields, "kernel", p.rank);
  p.stride = axes(fields, "stride", p.rank);
  p.dilation = axes(fields, "dilation", p.rank);
  p.pad_begin = axes(fields, "pad_begin", p.rank);
  p.pad_end = axes(fields, "pad_end", p.rank);
  p.output_padding = axes(fields, "output_padding", p.rank);
  row.out = axes(fields, "out", p.rank);
  p.bias = number(fields, "bias") != 0;
  return row;
}

// Keeps a remainder: 320 channels become 5, 256 become 9, 3 stay 3.
int64_t shrink_channels(int64_t per_group) { return per_group <= 12 ? per_group : 5 + per_group / 64 % 8; }

}  // namespace

std::vector<ZooRow> load_zoo(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("zoo: cannot read " + path);
  return load_zoo(file);
}

std::vector<ZooRow> load_zoo(std::istream& file) {
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("zoo: no header line");
  const auto columns = split_line(line);
  std::vector<ZooRow> rows;
  while (std::getline(file, line)) {
    const auto values = split_line(line);
    if (values.empty()) continue;
    if (values.size() + 1 < columns.size()) throw std::runtime_error("zoo: too few columns in '" + line + "'");
    Fields fields;
    for (size_t i = 0; i < values.size() && i < columns.size(); ++i) fields[columns[i]] = values[i];
    rows.push_back(parse_row(fields));
  }
  return rows;
}

Problem shrink(const Problem& original) {
  Problem p = original;
  p.batch = std::min<int64_t>(p.batch, 2);
  const int64_t icg = shrink_channels(p.in_channels / p.groups), ocg = shrink_channels(p.out_channels / p.groups);
  p.groups = std::min<int64_t>(p.groups, 19);
  p.in_channels = icg * p.groups;
  p.out_channels = ocg * p.groups;
  for (int axis = 0; axis < p.rank; ++axis) {
    // Enough inputs that the pads leave an output.
    const int64_t reach = p.dilation[axis] * (p.kernel[axis] - 1) + 1 + p.output_padding[axis] - p.pad_begin[axis] - p.pad_end[axis];
    const int64_t needed = reach >= 1 ? 1 : 1 + (1 - reach + p.stride[axis] - 1) / p.stride[axis];
    p.in[axis] = std::min(p.in[axis], std::max<int64_t>(needed, p.rank == 3 ? 3 : 5));
  }
  return p;
}

}  // namespace deconv_test
