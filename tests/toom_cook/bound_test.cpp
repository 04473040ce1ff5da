// SPDX-License-Identifier: Apache-2.0
// The error bound of docs/accuracy.md for every F(m, r), on the kernels of every instruction set: it holds on random and on adverse data,
// and it is not vacuous: some data come to a tenth of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/isa.h"
#include "highway/isa_kernels.h"
#include "highway/toom_cook/operator.h"
#include "support/fast_accuracy.h"
#include "support/parameters.h"
#include "support/reference.h"
#include "support/tolerance.h"
#include "toom_cook/adverse.h"
#include "toom_cook/offered.h"

using namespace deconv_test;

namespace {

// One axis of stride 1, padded so that dst is one patch and src its window: an output's taps never reach outside.
Problem one_patch(const PatchData& data, int outputs, int taps, deconv_layout layout) {
  const std::string pads = std::to_string(taps - 1);
  Problem p = parse_problem("d1 ic" + std::to_string(data.channels) + " oc1 ih" + std::to_string(outputs + taps - 1) + " k" +
                            std::to_string(taps) + " pb" + pads + " pe" + pads);
  p.src_layout = p.dst_layout = layout;
  return p;
}

// Canonical: src [channel][position], weights [channel][tap], whose taps run against the inputs.
Tensors tensors_of(const PatchData& data, int taps) {
  Tensors t;
  t.src = data.inputs;
  t.weights = data.filters;
  for (size_t c = 0; c < static_cast<size_t>(data.channels); ++c) {
    const auto first = t.weights.begin() + static_cast<std::ptrdiff_t>(c) * taps;
    std::reverse(first, first + taps);
  }
  return t;
}

std::vector<float> run(const Problem& problem, const Tensors& tensors, int outputs, const std::string& isa, std::string* description) {
  deconv::Parameters p = parameters(problem);
  p.weights = tensors.weights.data();
  const int64_t targets = deconv::allowed_targets(isa);
  const int counts[3] = {1, 1, outputs};
  const deconv::ToomCookOperator op(p, deconv::ToomAxes(p, counts), targets);
  const std::unique_ptr<deconv::Plan> plan = op.plan(shape(problem));
  *description = plan->description();
  std::vector<float> src = tensors.src, dst(static_cast<size_t>(outputs));
  const size_t channels = static_cast<size_t>(problem.in_channels), extent = src.size() / channels;
  if (problem.src_layout == DECONV_CHANNELS_LAST) {
    for (size_t c = 0; c < channels; ++c) {
      for (size_t i = 0; i < extent; ++i) src[i * channels + c] = tensors.src[c * extent + i];
    }
  }
  std::vector<char> workspace(plan->workspace_bytes());
  REQUIRE(plan->run({src.data(), dst.data(), nullptr, workspace.data()}, {}) == DECONV_OK);
  return dst;
}

// The largest error over its bound, which must not be above 1.
double worst_ratio(const PatchData& data, int outputs, int taps, const std::string& isa, deconv_layout layout) {
  const Problem problem = one_patch(data, outputs, taps, layout);
  const Tensors tensors = tensors_of(data, taps);
  std::string description;
  const std::vector<float> dst = run(problem, tensors, outputs, isa, &description);
  const FastAlgorithm algorithm = fast_algorithm(problem, description);
  REQUIRE(algorithm.axes[2].outputs == outputs);
  REQUIRE(algorithm.axes[2].taps == taps);
  const Reference reference = scatter_reference(problem, tensors, false);
  const std::vector<double> magnitude = fast_magnitude(problem, tensors, algorithm);
  double worst = 0;
  for (size_t i = 0; i < dst.size(); ++i) {
    const double value = reference.value[i];
    const double bound = error_bound(problem, {value, value, magnitude[i], algorithm.terms(data.channels), 0});
    const double error = std::fabs(static_cast<double>(dst[i]) - value);
    CHECK(error <= bound);
    worst = std::max(worst, error / bound);
  }
  return worst;
}

struct Worst {
  double ratio = 0;
  std::string data;
};

Worst worst_of_all(int outputs, int taps, const std::string& isa) {
  constexpr int64_t kStagnantChannels = 1024;
  CAPTURE(isa);
  CAPTURE(outputs);
  CAPTURE(taps);
  const deconv::ToomTransform transform = deconv::toom_transform(outputs, taps);
  std::vector<PatchData> patches = random_patches(transform, static_cast<uint64_t>(outputs) * 10 + static_cast<uint64_t>(taps));
  patches.push_back(stagnant_patch(transform, kStagnantChannels));
  Worst worst;
  for (const PatchData& data : patches) {
    CAPTURE(data.name);
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      const double ratio = worst_ratio(data, outputs, taps, isa, layout);
      if (ratio > worst.ratio) worst = {ratio, data.name};
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("bound: every F(m, r) keeps it, and comes to a tenth of it") {
  for (const std::string isa : deconv::isa_names()) {
    for_every_transform([&](int outputs, int taps) {
      const Worst worst = worst_of_all(outputs, taps, isa);
      MESSAGE(isa << ": F(" << outputs << "," << taps << ") comes to " << worst.ratio << " of its bound, with " << worst.data);
      CHECK(worst.ratio >= 0.1);
    });
  }
}
