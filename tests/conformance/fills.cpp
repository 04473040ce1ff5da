// SPDX-License-Identifier: Apache-2.0
// NaN and infinity reach exactly the outputs that their taps reach; impulses, zeros, and real numbers against the derived bound.
#include <doctest/doctest.h>

#include "conformance/session.h"

namespace deconv_test {
namespace {

constexpr const char* kLayers[] = {
    "d1 n1 g1 ic3 oc5 ih7 k3 s2 pb1 pe1",
    "d2 n1 g1 ic5 oc3 ih6x9 k4x4 s2x2 pb1x1 pe1x1",
    "d2 n3 g1 ic4 oc18 ih3x3 k3x3 s2x2 pb1x1 pe1x1 op1x1 bias",
    "d2 n1 g3 ic6 oc9 ih4x5 k2x2 s3x3 bias",
    "d2 n1 g7 ic7 oc7 ih5x6 k3x3 s2x2 d2x1 pb1x1 pe1x1",
    "d2 n2 g1 ic19 oc50 ih1x1 k2x2 s2x2 bias",
    "d3 n1 g1 ic3 oc4 ih3x3x4 k3x2x3 s1x2x2 pb1x0x1 pe1x0x1",
    "d2 n1 g1 ic35 oc67 ih9x10 k4x4 s2x2 pb1x1 pe1x1",
    "d2 n1 g1 ic8 oc8 ih5x5 k3x3 s1x1 pb1x1 pe1x1",
    "d2 n1 g19 ic19 oc19 ih3x4 k8x8 s4x4 pb2x2 pe2x2",
    "d2 n1 g2 ic2 oc4 ih6x37 k3x4 s1x2 pb1x1 pe1x1 bias",
    "d1 n1 g3 ic3 oc3 ih9 k13 s6 pb4 pe4",
};

TEST_CASE("fill: NaN and infinity stay where their taps reach (strict)") {
  for (const char* text : kLayers) {
    Problem p = parse_problem(text);
    p.strict = true;
    for (const Fill fill : {Fill::kNan, Fill::kInf, Fill::kInfWeights})
      if (!session().run_layouts(p, fill)) return;
  }
}

// In strict accuracy: a fast algorithm's bound is one but for underflow (deconv.h).
TEST_CASE("fill: denormal numbers are computed as others (strict)") {
  for (const char* text : kLayers) {
    Problem p = parse_problem(text);
    p.strict = true;
    if (!session().run_layouts(p, Fill::kDenormal)) return;
    p.bias = p.scale = p.residual = true;
    p.activation = DECONV_ACTIVATION_RELU;
    if (!session().run_layouts(p, Fill::kDenormal)) return;
  }
}

TEST_CASE("fill: impulses, zeros and real numbers") {
  for (const char* text : kLayers) {
    for (const Fill fill : {Fill::kImpulse, Fill::kZeros, Fill::kReal})
      if (!session().run_layouts(parse_problem(text), fill)) return;
  }
}

TEST_CASE("fill: strict accuracy is exact too") {
  for (const char* text : kLayers) {
    Problem p = parse_problem(text);
    p.strict = true;
    if (!session().run_layouts(p)) return;
  }
}

constexpr Placement kPlacements[] = {{true, 0}, {false, 0}, {false, 4}, {false, 12}, {false, 20}, {false, 36}, {false, 60}};

TEST_CASE("memory: misaligned tensors and workspace, before and behind guard pages") {
  for (const char* text : kLayers) {
    for (const Placement placement : kPlacements) {
      Problem p = parse_problem(text);
      p.residual = placement.offset % 8 == 4;
      for (const auto layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
        p.src_layout = p.dst_layout = layout;
        if (!session().run(p, Fill::kExact, {placement})) return;
      }
    }
  }
}

}  // namespace
}  // namespace deconv_test
