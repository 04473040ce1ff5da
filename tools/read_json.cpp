// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "result_json.h"
#include "zoo.h"

namespace deconv::tool {
namespace {

using Json = nlohmann::json;

// A value and where it stands, for errors.
class Field {
 public:
  Field(const Json& json, std::string place) : json_(json), place_(std::move(place)) {}

  [[noreturn]] void fail(const std::string& why) const { throw std::runtime_error(place_ + ": " + why); }

  bool has(const char* name) const { return json_.is_object() && json_.contains(name); }

  Field at(const char* name) const {
    if (!json_.is_object()) fail("is not an object");
    const auto found = json_.find(name);
    if (found == json_.end()) fail(std::string("has no field ") + name);
    return {*found, place_ + "." + name};
  }

  std::vector<Field> list() const {
    if (!json_.is_array()) fail("is not a list");
    std::vector<Field> fields;
    for (size_t i = 0; i < json_.size(); ++i) fields.emplace_back(json_[i], place_ + "[" + std::to_string(i) + "]");
    return fields;
  }

  std::string text() const {
    if (!json_.is_string()) fail("is not a string");
    const auto value = json_.get<std::string>();
    if (bench::has_control_characters(value)) fail("holds a control character");
    return value;
  }

  bool boolean() const {
    if (!json_.is_boolean()) fail("is neither true nor false");
    return json_.get<bool>();
  }

  double number() const {
    if (!json_.is_number()) fail("is not a number");
    return json_.get<double>();
  }

  double positive() const {
    const double value = number();
    if (!(value > 0) || !std::isfinite(value)) fail("must be above 0");
    return value;
  }

  int64_t count(int64_t most) const {
    const double value = number();
    if (!(value >= 1 && value <= static_cast<double>(most))) fail("must be 1 to " + std::to_string(most));
    return static_cast<int64_t>(value);
  }

 private:
  const Json& json_;
  std::string place_;
};

bench::Layouts to_layouts(const Field& field) {
  const std::string text = field.text();
  const auto layout = [&](const std::string& name) {
    if (name != "nchw" && name != "nhwc") field.fail("\"" + text + "\" is no layout");
    return name == "nchw" ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST;
  };
  const size_t arrow = text.find('>');
  return arrow == std::string::npos ? bench::Layouts(layout(text))
                                    : bench::Layouts(layout(text.substr(0, arrow)), layout(text.substr(arrow + 1)));
}

Round to_round(const Field& field) {
  Round round;
  round.runs = field.at("runs").count(int64_t{1} << 40);
  round.control_ms = field.at("control_ms").positive();
  round.interrupted = field.at("interrupted").boolean();
  for (const Field& sample : field.at("samples_ms").list()) round.samples_ms.push_back(sample.positive());
  if (round.samples_ms.empty()) field.at("samples_ms").fail("is empty");
  if (!field.has("began_s")) return round;
  for (const Field& began : field.at("began_s").list()) round.began_s.push_back(began.number());
  if (round.began_s.size() != round.samples_ms.size()) field.at("began_s").fail("is not as long as samples_ms");
  return round;
}

RowResult to_row(const Field& field) {
  RowResult row;
  row.layer.name = field.at("layer").text();
  row.layout = to_layouts(field.at("layout"));
  row.threads = static_cast<int>(field.at("threads").count(1024));
  row.variant = field.at("variant").text();
  if (field.has("error")) {
    row.error = field.at("error").text();
    return row;
  }
  row.description = field.at("description").text();
  row.memory_bound = field.at("bound_by").text() == "memory";
  for (const Field& round : field.at("rounds").list()) row.rounds.push_back(to_round(round));
  if (row.rounds.empty()) field.at("rounds").fail("is empty");
  if (row.rounds.size() > kMostRounds) field.at("rounds").fail("has more than " + std::to_string(kMostRounds) + " rounds");
  return row;
}

Context to_context(const Field& field) {
  Context context;
  context.date = field.at("date").text();
  context.cpu = field.at("cpu").text();
  context.version = field.at("deconv").text();
  context.cold = field.at("cache").text() == "cold";
  context.noise.verdict = field.at("noise").at("verdict").text();
  context.noise.text = field.at("noise").at("text").text();
  context.noise.fastest_ms = field.at("noise").at("fastest_ms").number();
  return context;
}

}  // namespace

Results read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  Json json;
  try {
    json = Json::parse(file);
  } catch (const Json::exception& error) {
    throw std::runtime_error(path + ": is not JSON: " + error.what());
  } catch (const std::ios_base::failure& error) {  // a folder
    throw std::runtime_error("cannot read " + path + ": " + error.what());
  }
  const Field all(json, path);
  const Field schema = all.at("schema");
  if (schema.text() != "deconv-bench-1") schema.fail("\"" + schema.text() + "\" is not \"deconv-bench-1\": written by another version");
  Results results;
  results.context = to_context(all.at("context"));
  for (const Field& row : all.at("rows").list()) results.rows.push_back(to_row(row));
  return results;
}

}  // namespace deconv::tool
