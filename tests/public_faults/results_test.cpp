// SPDX-License-Identifier: Apache-2.0
// Layers that other libraries were reported to compute wrongly or to crash on: every backend and algorithm of this one must be right, in
// both layouts, between guard pages. The reports: docs/testing.md, "Hostile input". The shapes are of the kind that was reported, not the
// reports' own.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "public_faults/layers.h"
#include "support/check.h"

using namespace deconv_test;

namespace {

bool may_decline(const Target& target) { return !target.algorithm.empty() || target.backend == "onednn"; }

// One axis, one input channel, exact fill: what reaches each output, gathered, because a scatter would try every input with every tap.
std::vector<float> gathered(const Problem& p, const Tensors& tensors) {
  const Geometry g = geometry(p);
  std::vector<float> dst;
  for (int64_t c = 0; c < p.out_channels; ++c) {
    for (int64_t o = 0; o < g.out[2]; ++o) {
      double sum = 0;
      for (int64_t t = 0; t < p.kernel[0]; ++t) {
        const int64_t reach = o + p.pad_begin[0] - t * p.dilation[0], i = reach / p.stride[0];
        if (reach >= 0 && reach % p.stride[0] == 0 && i < p.in[0])
          sum += static_cast<double>(tensors.src[i]) * tensors.weights[c * p.kernel[0] + t];
      }
      dst.push_back(static_cast<float>(sum));
    }
  }
  return dst;
}

}  // namespace

TEST_CASE("public faults: right results on every backend and algorithm") {
  for (const ReportedLayer& layer : kReportedLayers) {
    CAPTURE(std::string(layer.report));
    Problem p = parse_problem(layer.problem);
    REQUIRE(legal(p));
    for (const Target& target : every_target()) {
      for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
        p.src_layout = p.dst_layout = layout;
        const CheckResult result = check(p, target, Fill::kExact);
        CAPTURE(target_name(target));
        CHECK_MESSAGE(result.verdict != Verdict::kFailed, result.message);
        // highway says no in words to strides that no table of phases could hold; naive and the library's own choice never do.
        const bool absurd = p.stride[0] > 1 << 20 && target.backend == "highway";
        if (!may_decline(target) && !absurd) CHECK_MESSAGE(result.verdict == Verdict::kPassed, result.message);
      }
    }
  }
}

// onnxruntime 26144: zero inputs gave another sum at every run.
TEST_CASE("public faults: zeros give the same bits at every run") {
  const Problem p = parse_problem("d2 n1 g1 ic5 oc9 ih6x7 k5x5 s2x2 pb2x2 pe2x2 op1x1 bias");
  const Tensors tensors = fill_tensors(p, Fill::kZeros);
  for (const Target& target : every_target()) {
    CAPTURE(target_name(target));
    const Layer layer(p, target, tensors);
    if (layer.status() == DECONV_UNSUPPORTED && may_decline(target)) continue;
    REQUIRE(layer.status() == DECONV_OK);
    const RunResult first = layer.run(tensors);  // memory is poisoned and new at each run
    for (int repeat = 0; repeat < 20; ++repeat) CHECK(layer.run(tensors).dst == first.dst);
    CHECK(compare(p, tensors, Fill::kZeros, first.dst, layer.plan_info().description).verdict == Verdict::kPassed);
  }
}

// PyTorch 38970 and 185663: a matrix of columns, inputs times taps, has no index of 31 and 32 bits. Pads leave few of the outputs.
// oneDNN computes whole columns all the same, half a minute of them (under ASan three): with DECONV_TEST_FULL=1 (tests/run --full) only.
TEST_CASE("public faults: inputs times taps beyond 32 bits") {
  for (const char* text :
       {"d1 n1 g1 ic1 oc1 ih70000 k32768 s1 pb51000 pe51000 strict", "d1 n1 g1 ic1 oc2 ih131073 k65537 s2 pb163800 pe163800 strict"}) {
    const Problem p = parse_problem(text);
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    const std::vector<float> expected = gathered(p, tensors);
    for (const Target& target : every_target()) {
      CAPTURE(target_name(target));
      if (target.backend == "onednn" && std::getenv("DECONV_TEST_FULL") == nullptr) continue;
      const Layer layer(p, target, tensors);
      if (layer.status() == DECONV_UNSUPPORTED && may_decline(target)) continue;
      REQUIRE_MESSAGE(layer.status() == DECONV_OK, layer.error());
      const RunResult result = layer.run(tensors);
      CHECK(result.status == DECONV_OK);
      CHECK(result.trespass == "");
      CHECK(result.dst == expected);
    }
  }
}
