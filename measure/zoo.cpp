// SPDX-License-Identifier: Apache-2.0
#include "zoo.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

namespace deconv::bench {
namespace {

constexpr const char* kAxisNames[] = {"_d", "_h", "_w"};

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields(1);
  for (char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::ifstream open(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return file;
}

// Strips the line end of files written on Windows.
bool next_line(std::istream& file, std::string& line) {
  if (!std::getline(file, line)) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

// One data line with its place in the file, for errors.
class Line {
 public:
  Line(std::string place, const std::map<std::string, size_t>& columns, std::vector<std::string> fields)
      : place_(std::move(place)), columns_(columns), fields_(std::move(fields)) {
    if (fields_.size() != columns_.size())
      throw std::runtime_error(place_ + ": " + std::to_string(fields_.size()) + " fields, the header has " +
                               std::to_string(columns_.size()));
  }

  [[noreturn]] void fail(const std::string& field, const std::string& rule) const {
    throw std::runtime_error(place_ + ": " + field + " = \"" + text(field) + "\" " + rule);
  }

  const std::string& text(const std::string& field) const {
    const auto column = columns_.find(field);
    if (column == columns_.end()) throw std::runtime_error(place_ + ": the header has no column " + field);
    return fields_[column->second];
  }

  int64_t number(const std::string& field, int64_t least, int64_t most) const {
    const std::string& digits = text(field);
    int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) fail(field, "is not an integer");
    if (value < least || value > most) fail(field, "is not in " + std::to_string(least) + ".." + std::to_string(most));
    return value;
  }

  // The axes that the rank has go to values; the others must hold `absent`.
  void axes(const std::string& field, int rank, int64_t least, int64_t absent, int64_t* values) const {
    constexpr int64_t kMost = 1 << 24;
    for (int a = 0; a < 3; ++a) {
      const int64_t value = number(field + kAxisNames[a], std::min(least, absent), kMost);
      const int axis = a - (3 - rank);
      if (axis >= 0) values[axis] = value;
      if (axis < 0 && value != absent)
        fail(field + kAxisNames[a], "must be " + std::to_string(absent) + " in a layer of rank " + std::to_string(rank));
    }
  }

  const std::string& place() const { return place_; }

 private:
  std::string place_;
  const std::map<std::string, size_t>& columns_;
  std::vector<std::string> fields_;
};

// The library's shape arithmetic against the file's.
void check_shape(const Layer& layer, const Line& line) {
  const deconv_params params = to_params(layer, DECONV_CHANNELS_FIRST, 1);
  int64_t out[DECONV_MAX_RANK];
  if (deconv_output_shape(&params, layer.in, out) != DECONV_OK) throw std::runtime_error(line.place() + ": " + deconv_last_error());
  for (int a = 0; a < layer.rank; ++a) {
    if (out[a] != layer.out[a])
      line.fail(std::string("out") + kAxisNames[3 - layer.rank + a], "but the geometry gives " + std::to_string(out[a]));
  }
}

Layer to_layer(const Line& line) {
  constexpr int64_t kMost = 1 << 24;
  Layer layer;
  layer.name = line.text("layer");
  if (layer.name.empty() || layer.name.find('/') != std::string::npos || has_control_characters(layer.name))
    line.fail("layer", "must be a name without slashes and control characters");
  layer.rank = static_cast<int>(line.number("rank", 1, DECONV_MAX_RANK));
  layer.batch = line.number("batch", 1, kMost);
  layer.groups = line.number("groups", 1, kMost);
  layer.in_channels = line.number("in_channels", 1, kMost);
  layer.out_channels = line.number("out_channels", 1, kMost);
  line.axes("in", layer.rank, 1, 1, layer.in);
  line.axes("kernel", layer.rank, 1, 1, layer.kernel);
  line.axes("stride", layer.rank, 1, 1, layer.stride);
  line.axes("dilation", layer.rank, 1, 1, layer.dilation);
  line.axes("pad_begin", layer.rank, 0, 0, layer.padding.begin);
  line.axes("pad_end", layer.rank, 0, 0, layer.padding.end);
  line.axes("output_padding", layer.rank, 0, 0, layer.padding.output);
  line.axes("out", layer.rank, 1, 1, layer.out);
  layer.bias = line.number("bias", 0, 1) == 1;
  check_shape(layer, line);
  return layer;
}

}  // namespace

std::vector<Layer> read_zoo(const std::string& path) {
  std::ifstream file = open(path);
  return read_zoo(file, path);
}

std::vector<Layer> read_zoo(std::istream& file, const std::string& path) {
  std::string text;
  if (!next_line(file, text)) throw std::runtime_error(path + ": no header line");
  std::map<std::string, size_t> columns;
  for (const std::string& name : split(text)) {
    if (!columns.emplace(name, columns.size()).second) throw std::runtime_error(path + ":1: column " + name + " stands twice");
  }
  std::vector<Layer> layers;
  std::set<std::string> seen;
  for (int number = 2; next_line(file, text); ++number) {
    if (text.empty()) continue;
    const Line line(path + ":" + std::to_string(number), columns, split(text));
    layers.push_back(to_layer(line));
    if (!seen.insert(layers.back().name).second) line.fail("layer", "stands twice");
  }
  if (layers.empty()) throw std::runtime_error(path + ": no layers");
  return layers;
}

std::vector<std::string> read_names(const std::string& path) {
  std::ifstream file = open(path);
  std::vector<std::string> names;
  std::string line;
  while (next_line(file, line)) {
    line.erase(std::min(line.find('#'), line.size()));
    line.erase(line.find_last_not_of(" \t") + 1);
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

std::vector<Layer> select(const std::vector<Layer>& zoo, const std::vector<std::string>& names) {
  std::vector<Layer> chosen;
  for (const std::string& name : names) {
    const auto found = std::find_if(zoo.begin(), zoo.end(), [&](const Layer& layer) { return layer.name == name; });
    if (found == zoo.end()) throw std::runtime_error("no layer " + name + " in the zoo file");
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace deconv::bench
