// SPDX-License-Identifier: Apache-2.0
#include "prediction.h"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "machine_kernels.h"

namespace deconv::tool {
namespace {

// The verb before the figure, and what follows it, in lib/highway/highway_backend.cpp.
constexpr const char* kCost = "about %lf vector multiply-adds for each input pixel: %n";

double predicted_ms(double cost, const bench::Layer& layer, const bench::Roof& roof) {
  const double pixels = static_cast<double>(layer.in_spatial()) * static_cast<double>(layer.batch) * static_cast<double>(layer.groups);
  const double vectors_per_second = roof.flops / (2.0 * bench::machine_lanes());
  return 1e3 * std::max(cost * pixels / vectors_per_second, roof.bound(0, layer.compulsory_bytes()));
}

}  // namespace

CandidateLine parse_candidate(const std::string& line, const bench::Layer& layer, const bench::Roof& roof) {
  CandidateLine candidate;
  const size_t colon = line.find(": ");
  if (colon == std::string::npos) return {"", "", line, 0};
  candidate.name = line.substr(0, colon);
  if (candidate.name == "tuning") return {candidate.name, "", line.substr(colon + 2), 0};
  const size_t comma = line.find(", ", colon);
  candidate.verdict = line.substr(colon + 2, comma == std::string::npos ? comma : comma - colon - 2);
  candidate.reason = comma == std::string::npos ? "" : line.substr(comma + 2);
  // A tuned choice has its measurement before the model's figure.
  double cost = 0;
  int length = 0;
  const size_t at = candidate.reason.find("about ");
  if (at != std::string::npos && std::sscanf(candidate.reason.c_str() + at, kCost, &cost, &length) == 1 && length > 0) {
    candidate.predicted_ms = predicted_ms(cost, layer, roof);
    candidate.reason.erase(at, static_cast<size_t>(length));
  }
  return candidate;
}

std::vector<CandidateLine> explain(const bench::Layer& layer, bench::Layouts layouts, int threads, const bench::Roof& roof) {
  deconv_params params = bench::to_params(layer, layouts, threads);
  const bool has_slopes = layer.epilogue.activation == DECONV_ACTIVATION_PRELU;
  const std::vector<float> slopes(has_slopes ? static_cast<size_t>(layer.out_channels) : 1, 0.25f);  // no choice depends on their values
  params.prelu_slopes = slopes.data();
  size_t needed = 0;
  if (deconv_explain(&params, nullptr, 0, &needed) != DECONV_OK) throw std::runtime_error(deconv_last_error());
  std::string text(needed, '\0');
  if (deconv_explain(&params, text.data(), text.size(), nullptr) != DECONV_OK) throw std::runtime_error(deconv_last_error());
  text.resize(needed - 1);
  std::vector<CandidateLine> candidates, last;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CandidateLine candidate = parse_candidate(line, layer, roof);
    const bool runs = candidate.verdict == "chosen" || candidate.verdict == "possible";
    (runs ? candidates : last).push_back(std::move(candidate));
  }
  candidates.insert(candidates.end(), last.begin(), last.end());
  return candidates;
}

}  // namespace deconv::tool
