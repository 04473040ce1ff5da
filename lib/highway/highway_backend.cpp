// SPDX-License-Identifier: Apache-2.0
#include "highway/highway_backend.h"

#include <algorithm>
#include <cstdio>

#include "core/error.h"
#include "core/immortal.h"
#include "core/isa.h"
#include "highway/algorithm.h"
#include "highway/depthwise/depthwise.h"
#include "highway/isa_kernels.h"
#include "highway/overlap_add/overlap_add.h"
#include "highway/phase_channels/phase_channels.h"
#include "highway/phase_gemm/phase_gemm.h"
#include "highway/pixel_gemm/pixel_gemm.h"
#include "highway/tile/tile_kernels.h"
#include "highway/toom_cook/toom_cook.h"

namespace deconv {
namespace {

// THE list of algorithms. Adding one: a folder and a line here; tests, benchmarks and explanations follow.
const std::vector<const Algorithm*>& algorithm_list() {
  static const Immortal<const std::vector<const Algorithm*>> list(&phase_gemm(), &pixel_gemm(), &overlap_add(), &depthwise(), &toom_cook(),
                                                                  &phase_channels());
  return *list;
}

Support check_algorithm(const Algorithm& algorithm, const Parameters& params) {
  if (!params.algorithm.empty() && params.algorithm != algorithm.name()) {
    return Support::no("not asked for: algorithm = \"" + params.algorithm + "\"");
  }
  return algorithm.check(params);
}

struct Offer {
  const Algorithm* algorithm;
  double cost;
};

// The list with the cheapest first. Each cost is calculated once: toom_cook's is that of every F(m, r).
std::vector<Offer> by_cost(const Parameters& params, int64_t targets) {
  const int lanes = tile_kernels(targets).lanes;
  std::vector<Offer> sorted;
  for (const Algorithm* algorithm : algorithm_list()) sorted.push_back({algorithm, algorithm->cost(params, lanes)});
  // Not stable_sort, whose buffer comes from an allocation that may fail in silence.
  std::sort(sorted.begin(), sorted.end(), [](const Offer& a, const Offer& b) { return a.cost < b.cost; });
  return sorted;
}

Support described(Support support, const Offer& offer, const Parameters& params, int lanes) {
  char text[64];
  std::snprintf(text, sizeof(text), "about %.4g vector multiply-adds for each input pixel: ", offer.cost);
  support.reason = text + support.reason;
  const std::string variant = offer.algorithm->variant(params, lanes);
  if (!variant.empty()) support.reason += ", " + variant;
  return support;
}

class HighwayBackend final : public Backend {
 public:
  const char* name() const override { return "highway"; }
  const char* version() const override { return deconv_version(); }

  std::vector<const char*> algorithms() const override {
    std::vector<const char*> names;
    for (const Algorithm* algorithm : algorithm_list()) names.push_back(algorithm->name());
    return names;
  }

  std::vector<Candidate> candidates(const Parameters& params) const override {
    const Support isa = check_isa(params.max_isa);
    if (!isa.ok) return {{"", isa}};
    const int64_t targets = allowed_targets(params.max_isa);
    std::vector<Candidate> result;
    for (const Offer& offer : by_cost(params, targets)) {
      const Support support = check_algorithm(*offer.algorithm, params);
      const int lanes = tile_kernels(targets).lanes;
      result.push_back({offer.algorithm->name(), support.ok ? described(support, offer, params, lanes) : support});
    }
    return result;
  }

  std::unique_ptr<Operator> create(const Parameters& params) const override {
    const int64_t targets = allowed_targets(params.max_isa);
    for (const auto& [algorithm, cost] : by_cost(params, targets)) {
      if (check_algorithm(*algorithm, params).ok) return algorithm->create(params, targets);
    }
    throw Error(DECONV_UNSUPPORTED, "no algorithm of highway runs these parameters");
  }
};

}  // namespace

const Backend& highway_backend() {
  static const Immortal<const HighwayBackend> backend;
  return *backend;
}

}  // namespace deconv
