// SPDX-License-Identifier: Apache-2.0
// What operators and plans of the highway backend hold: packed weights at most 1.3 times the plain ones from 16 output channels on (those
// of toom_cook times the products that a tap becomes, 20 at most), and at most 2 MiB of workspace for each thread on every real layer (and
// what overlap_add needs for huge kernels).
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/fast_accuracy.h"
#include "support/handles.h"
#include "support/layer.h"
#include "support/zoo.h"

using namespace deconv_test;

namespace {

OperatorHandle create(const Problem& problem, const Target& target, const std::vector<float>& weights) {
  deconv_params params = make_params(problem, target);
  params.weights = weights.data();
  params.bias = problem.bias ? weights.data() : nullptr;
  deconv_operator* op = nullptr;
  return OperatorHandle(deconv_operator_create(&params, &op) == DECONV_OK ? op : nullptr);
}

int64_t weights_count(const Problem& p) {
  int64_t count = p.in_channels * (p.out_channels / p.groups);
  for (int a = 0; a < p.rank; ++a) count *= p.kernel[a];
  return count;
}

deconv_operator_info info_of(const deconv_operator* op) {
  deconv_operator_info info;
  deconv_operator_info_init(&info);
  REQUIRE(deconv_operator_get_info(op, &info) == DECONV_OK);
  return info;
}

// Weights after a transform over those before: on an axis S * (m - 1) + K points for K taps. 1 without a transform.
double growth(const Problem& p, const std::string& description) {
  const FastAlgorithm algorithm = fast_algorithm(p, description);
  const Geometry g = geometry(p);
  double growth = 1;
  for (int a = 0; a < 3; ++a) {
    growth *= static_cast<double>(g.stride[a] * (algorithm.axes[a].outputs - 1) + g.kernel[a]) / static_cast<double>(g.kernel[a]);
  }
  return growth;
}

void check_packed(const Problem& p, const deconv_operator* op) {
  constexpr double kPadding = 1.3, kMostGrowth = 20;
  const deconv_operator_info info = info_of(op);
  CAPTURE(std::string(info.description));
  const double plain = static_cast<double>(weights_count(p) * static_cast<int64_t>(sizeof(float))), grown = growth(p, info.description);
  CHECK(grown <= kMostGrowth);
  CHECK(static_cast<double>(info.packed_bytes) <= kPadding * grown * plain);
}

}  // namespace

TEST_CASE("memory: packed weights are at most 1.3 times the plain or the transformed ones") {
  int32_t checked = 0;
  for (int64_t channels = 16; channels <= 100; ++channels) {
    const Problem p = parse_problem("d2 ic24 oc" + std::to_string(channels) + " ih9x9 k4x4 s2x2");
    const std::vector<float> weights(static_cast<size_t>(weights_count(p)));
    for (int32_t isa = 0; isa < deconv_isa_count(); ++isa) {
      for (int32_t i = 0; i < deconv_algorithm_count("highway"); ++i) {
        const Target target{"highway", deconv_isa_name(isa), deconv_algorithm_name("highway", i)};
        const OperatorHandle op = create(p, target, weights);
        if (op == nullptr) continue;
        CAPTURE(channels);
        check_packed(p, op.get());
        ++checked;
      }
    }
  }
  CHECK(checked > 0);
}

namespace {

// overlap_add holds the columns of a tile's pixels at least, ten of them, where a kernel of thousands of taps makes those of one pixel
// large.
int64_t most_workspace(const Problem& p, const std::string& algorithm) {
  constexpr int64_t kTwoMebibytes = int64_t{2} << 20, kTileRows = 10;
  const int64_t columns = weights_count(p) / p.in_channels * static_cast<int64_t>(sizeof(float));
  return algorithm == "overlap_add" ? kTwoMebibytes + kTileRows * columns : kTwoMebibytes;
}

void check_workspace(const ZooRow& row, deconv_layout layout, const std::string& algorithm, const std::vector<float>& weights) {
  Problem p = row.problem;
  p.src_layout = p.dst_layout = layout;
  const Target target{"highway", "", algorithm};
  const OperatorHandle op = create(p, target, weights);
  if (op == nullptr && !algorithm.empty()) return;
  REQUIRE(op != nullptr);
  for (const int threads : {1, 2, 8}) {
    deconv_plan_options options = make_plan_options(p);
    options.threads = threads;
    deconv_plan* raw = nullptr;
    REQUIRE(deconv_plan_create(op.get(), &options, &raw) == DECONV_OK);
    const PlanHandle plan(raw);
    deconv_plan_info info = {};
    info.struct_size = sizeof(info);
    REQUIRE(deconv_plan_get_info(plan.get(), &info) == DECONV_OK);
    CAPTURE(row.layer);
    CAPTURE(layout);
    CAPTURE(threads);
    CAPTURE(std::string(info.description));
    CHECK(static_cast<int64_t>(info.workspace_bytes) <= threads * most_workspace(p, algorithm));
  }
}

}  // namespace

TEST_CASE("memory: toom_cook's packed weights stay in their bounds on every layer of the zoo") {
  const std::vector<ZooRow> zoo = load_zoo(DECONV_TEST_ZOO);
  int32_t checked = 0;
  for (const ZooRow& row : zoo) {
    constexpr int64_t kWholeVectors = 16;
    if (row.problem.out_channels / row.problem.groups < kWholeVectors) continue;
    const std::vector<float> weights(static_cast<size_t>(weights_count(row.problem)));
    const OperatorHandle op = create(row.problem, {"highway", "", "toom_cook"}, weights);
    if (op == nullptr) continue;
    CAPTURE(row.layer);
    check_packed(row.problem, op.get());
    ++checked;
  }
  CHECK(checked > 0);
}

TEST_CASE("memory: a thread's workspace is at most 2 MiB on every layer of the zoo, with every algorithm") {
  const std::vector<ZooRow> zoo = load_zoo(DECONV_TEST_ZOO);
  int64_t most = 0;
  for (const ZooRow& row : zoo) most = std::max(most, weights_count(row.problem));
  const std::vector<float> weights(static_cast<size_t>(most));
  for (const ZooRow& row : zoo) {
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      check_workspace(row, layout, "", weights);
      for (int32_t i = 0; i < deconv_algorithm_count("highway"); ++i) {
        check_workspace(row, layout, deconv_algorithm_name("highway", i), weights);
      }
    }
  }
}
