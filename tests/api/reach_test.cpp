// SPDX-License-Identifier: Apache-2.0
// Positions that no memory has. Up to 2^55 elements from a tensor's beginning every algorithm is right, between guard pages; what lies
// farther is refused. Found by random layers near 2^63: kernels walked from a wrapped position, wrote behind the workspace, read before
// src, ran for years, or left dst as it was.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/check.h"

using namespace deconv_test;

namespace {

// A dilation of D or a stride of S on the last axis or the first, and pads that leave a few outputs.
struct FarLayer {
  const char* problem;
  int64_t full;  // (I - 1)*S + D*(K - 1) + 1 + output padding of the axis `far`, as far as it may be
  int far;
};

constexpr FarLayer kFarLayers[] = {
    {"d1 n1 g1 ic1 oc1 ih1 k3 s5 d18014398509481983 pb36028797018963961", 36028797018963967, 0},
    {"d2 n1 g1 ic1 oc1 ih100x1 k100x3 s1x5 d1x18014398509481983 pb99x36028797018963961 pe99x0", 36028797018963967, 1},
    {"d1 n1 g2 ic2 oc2 ih1 k2 d18014398509481983 pb18014398509481980 layout:nhwc", 18014398509481984, 0},
    {"d1 n1 g1 ic1 oc3 ih1 k2 d12009599006321321 pb12009599006321314 dst:nhwc", 12009599006321322, 0},
    {"d1 n1 g1 ic1 oc3 ih1 k2 d6004799503160661 pb12009599006321316 op6004799503160660 dst:nhwc", 12009599006321322, 0},
    {"d1 n1 g1 ic2 oc3 ih1 k2 d6004799503160661 pb12009599006321319 op6004799503160660 bias", 12009599006321322, 0},
    {"d2 n1 g1 ic2 oc2 ih1x8 k2x1 d2251799813685247x1 pb2251799813685247x0 layout:nhwc", 2251799813685248, 0},
    {"d1 n1 g4 ic4 oc12 ih1 k4 s5 d1000799917193443 pb3002399751580320 src:nhwc", 3002399751580330, 0},
    {"d1 n1 g1 ic1 oc1 ih3 k2 s18014398509481983 pb36028797018963960", 36028797018963968, 0},
    {"d3 n1 g1 ic3 oc2 ih1x2x2 k2x2x2 s1x3x2 d900719925474098x1x1 pe900719925474098x0x0 bias", 900719925474099, 0},
};

// Strides, dilations and pads of which the lower 32 bits are a layer of their own.
constexpr const char* kBeyondInt[] = {
    "d1 n2 g1 ic2 oc9 ih2 k5 s4294967297 d2 pb8589934594 op4294967296 bias",
    "d1 n1 g1 ic2 oc9 ih4 k3 d4294967297 pb4294967297 pe4294967295 bias",
    "d2 n1 g1 ic3 oc4 ih3x3 k2x2 s1x4294967298 d1x1 pb0x4294967298 pe0x4294967296",
    "d1 n1 g4 ic4 oc4 ih2 k3 s2147483650 pb2147483648 relu",
};

}  // namespace

TEST_CASE("reach: up to 2^55 elements every algorithm is right") {
  for (const FarLayer& layer : kFarLayers) {
    const Problem p = parse_problem(layer.problem);
    REQUIRE(legal(p));
    for (const Target& target : every_target()) {
      CAPTURE(target_name(target));
      const CheckResult result = check(p, target, Fill::kExact);
      CHECK_MESSAGE(result.verdict != Verdict::kFailed, result.message);
      if (target.backend == "naive" || target.backend.empty()) CHECK_MESSAGE(result.verdict == Verdict::kPassed, result.message);
    }
  }
}

TEST_CASE("reach: numbers of more than 32 bits are right or declined") {
  for (const char* text : kBeyondInt) {
    Problem p = parse_problem(text);
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      p.src_layout = p.dst_layout = layout;
      for (const Target& target : every_target()) {
        CAPTURE(target_name(target));
        const CheckResult result = check(p, target, Fill::kExact);
        CHECK_MESSAGE(result.verdict != Verdict::kFailed, result.message);
        if (target.backend.empty()) CHECK_MESSAGE(result.verdict == Verdict::kPassed, result.message);
      }
    }
  }
}

TEST_CASE("reach: what lies farther is refused in words") {
  for (const FarLayer& layer : kFarLayers) {
    Problem p = parse_problem(layer.problem);
    const Tensors tensors = fill_tensors(p, Fill::kZeros);
    const int64_t more[] = {layer.full, INT64_MAX / 4, INT64_MAX / 2, INT64_MAX - layer.full - 64};
    for (const int64_t farther : more) {
      Problem far = p;  // the same outputs, from the far end of a longer axis
      if (p.kernel[layer.far] > 1 && p.in[layer.far] == 1) {
        far.dilation[layer.far] += farther / (p.kernel[layer.far] - 1);
        far.pad_begin[layer.far] += farther / (p.kernel[layer.far] - 1) * (p.kernel[layer.far] - 1);
      } else {
        far.stride[layer.far] += farther / (p.in[layer.far] - 1);
        far.pad_begin[layer.far] += farther / (p.in[layer.far] - 1) * (p.in[layer.far] - 1);
      }
      CAPTURE(format_problem(far));
      CHECK_FALSE(legal(far));
      for (const Target& target : every_target()) {
        const Layer refused(far, target, tensors);
        if (refused.status() == DECONV_UNSUPPORTED && !target.backend.empty()) continue;
        CAPTURE(target_name(target));
        CHECK(refused.status() == DECONV_INVALID_ARGUMENT);
        CHECK(refused.error().find("full extent + output padding") != std::string::npos);
        CHECK(refused.error().find("2^55") != std::string::npos);
      }
    }
  }
}
