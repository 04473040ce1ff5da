// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "problem_layer.h"
#include "result_json.h"

namespace deconv::tool {
namespace {

using Json = nlohmann::ordered_json;

Json axes(const int64_t* values, int rank) { return std::vector<int64_t>(values, values + rank); }

Json to_json(const bench::Roof& roof) {
  Json ladder = Json::array();
  for (const bench::Bandwidth& rung : roof.ladder) {
    ladder.push_back(
        {{"bytes", rung.bytes}, {"read_gbs", rung.read * 1e-9}, {"copy_gbs", rung.copy * 1e-9}, {"fill_gbs", rung.fill * 1e-9}});
  }
  return {{"threads", roof.threads}, {"gflops", roof.flops * 1e-9}, {"bandwidth", ladder}};
}

Json to_json(const Noise& noise) {
  return {{"control_ms", noise.control_ms},
          {"fastest_ms", noise.fastest_ms},
          {"drift_percent", noise.drift_percent},
          {"stolen_percent", noise.stolen_percent},
          {"interrupted_percent", noise.interrupted_percent},
          {"interval_percent", noise.interval_percent},
          {"verdict", noise.verdict},
          {"text", noise.text}};
}

Json to_json(const Context& context) {
  Json backends = Json::array(), peaks = Json::array();
  for (const auto& [name, version] : context.backends) backends.push_back({{"name", name}, {"version", version}});
  for (const auto& [threads, roof] : context.peaks) peaks.push_back(to_json(roof));
  Json json = {{"date", context.date},
               {"arguments", context.arguments},
               {"cpu", context.cpu},
               {"cpus", context.cpus},
               {"affinity", context.affinity},
               {"isa", context.isa},
               {"compiler", context.compiler},
               {"deconv", context.version},
               {"backends", backends},
               {"environment", context.environment},
               {"cache", context.cold ? "cold" : "warm"},
               {"budget_s", context.budget_s},
               {"elapsed_s", context.elapsed_s},
               {"rounds", context.rounds},
               {"peaks", peaks},
               {"noise", to_json(context.noise)}};
  if (context.cold) json["cold_bytes"] = context.cold_bytes;
  return json;
}

Json shape(const bench::Layer& layer) {
  return {{"rank", layer.rank},
          {"batch", layer.batch},
          {"groups", layer.groups},
          {"in_channels", layer.in_channels},
          {"out_channels", layer.out_channels},
          {"in", axes(layer.in, layer.rank)},
          {"kernel", axes(layer.kernel, layer.rank)},
          {"stride", axes(layer.stride, layer.rank)},
          {"dilation", axes(layer.dilation, layer.rank)},
          {"pad_begin", axes(layer.padding.begin, layer.rank)},
          {"pad_end", axes(layer.padding.end, layer.rank)},
          {"output_padding", axes(layer.padding.output, layer.rank)},
          {"out", axes(layer.out, layer.rank)},
          {"bias", layer.bias}};
}

Json rounds_json(const std::vector<Round>& rounds) {
  Json all = Json::array();
  for (const Round& round : rounds) {
    all.push_back(
        {{"runs", round.runs}, {"control_ms", round.control_ms}, {"interrupted", round.interrupted}, {"samples_ms", round.samples_ms}});
    if (!round.began_s.empty()) all.back()["began_s"] = round.began_s;
  }
  return all;
}

void add_figures(const RowResult& row, Json& json) {
  const Interval interval = row.interval();
  json["algorithm"] = row.algorithm;
  json["description"] = row.description;
  json["median_ms"] = row.median_ms();
  json["interval_ms"] = interval.coverage == 0 ? Json() : Json({interval.low, interval.high});
  json["interval_coverage"] = interval.coverage == 0 ? Json() : Json(interval.coverage);
  json["rounds"] = rounds_json(row.rounds);
  json["gflops"] = row.gflops();
  json["flops"] = row.flops;
  json["bytes"] = row.bytes;
  json["bound_ms"] = row.bound_ms;
  json["bound_by"] = row.memory_bound ? "memory" : "arithmetic";
  json["percent_of_bound"] = row.percent_of_bound();
  json["max_error"] = row.verification.max_error;
  json["max_error_bound"] = row.verification.max_error_bound;
  json["error_of_bound"] = row.verification.error_of_bound;
  json["max_value"] = row.verification.max_value;
  json["create_ms"] = row.create_ms;
  json["plan_us"] = row.plan_us;
  json["first_run_ms"] = row.first_run_ms;
  json["workspace_bytes"] = row.workspace_bytes;
  json["packed_bytes"] = row.packed_bytes;
}

Json to_json(const RowResult& row) {
  Json json = {{"layer", row.layer.name},
               {"problem", deconv_test::format_problem(bench::to_problem(row.layer, row.layout, row.threads))},
               {"text", bench::to_text(row.layer)},
               {"shape", shape(row.layer)},
               {"layout", bench::to_text(row.layout)},
               {"threads", row.threads},
               {"variant", row.variant},
               {"backend", row.backend}};
  if (row.error.empty()) {
    add_figures(row, json);
  } else {
    json["error"] = row.error;
  }
  return json;
}

// Names need not be UTF-8; JSON must be.
std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

void write_json(const Results& results, const std::string& path) {
  std::ofstream file(path);
  file << "{\n \"schema\": \"deconv-bench-1\",\n \"context\": " << dumped(to_json(results.context)) << ",\n \"rows\": [";
  const char* separator = "\n  ";
  for (const RowResult& row : results.rows) {
    file << separator << dumped(to_json(row));
    separator = ",\n  ";
  }
  file << "\n ]\n}\n";
  file.close();
  if (!file) throw std::runtime_error("--json: cannot write " + path);
}

}  // namespace deconv::tool
