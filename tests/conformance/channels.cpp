// SPDX-License-Identifier: Apache-2.0
// Channels around every edge of a register tile, groups of every kind, and maps large enough for blocking and multi-tile code.
#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "conformance/session.h"

namespace deconv_test {
namespace {

// {1, L-1, L, L+1} for 4, 8 and 16 lanes, {NR, NR+1, 2NR+3} for the panel widths in use. The suite does not ask the kernel which it has.
std::set<int64_t> edge_channels() {
  std::set<int64_t> channels{1};
  for (const int64_t lanes : {4, 8, 16}) channels.insert({lanes - 1, lanes, lanes + 1});
  for (const int64_t width : {8, 12, 16, 24, 32, 48}) channels.insert({width - 1, width, width + 1, 2 * width + 3});
  return channels;
}

Problem base(int64_t ic, int64_t oc) {
  Problem p = parse_problem("d2 n1 g1 ic1 oc1 ih3x5 k3x2 s2x2 pb1x0 pe0x1 op1x0 bias");
  p.in_channels = ic;
  p.out_channels = oc;
  return p;
}

TEST_CASE("channels: out channels at tile edges") {
  for (const int64_t oc : edge_channels()) {
    for (const int64_t ic : {int64_t{1}, int64_t{5}})
      if (!session().run_layouts(base(ic, oc))) return;
  }
}

TEST_CASE("channels: in channels at tile edges") {
  for (const int64_t ic : edge_channels()) {
    for (const int64_t oc : {int64_t{1}, int64_t{7}})
      if (!session().run_layouts(base(ic, oc))) return;
  }
}

TEST_CASE("channels: groups and batch") {
  for (const int64_t per_group : {1, 3, 4, 8, 9, 17, 35}) {
    for (const int64_t groups : {2, 3}) {
      for (const int64_t batch : {1, 3}) {
        Problem p = base(groups * 5, groups * per_group);
        p.groups = groups;
        p.batch = batch;
        if (!session().run_layouts(p)) return;
      }
    }
  }
}

TEST_CASE("channels: depthwise and channel multipliers") {
  for (const int64_t channels : edge_channels()) {
    for (const int64_t multiplier : {1, 2, 3}) {
      Problem p = base(channels, channels * multiplier);
      p.groups = channels;
      p.batch = channels % 2 == 0 ? 1 : 3;
      if (!session().run_layouts(p)) return;
    }
  }
}

// Large strides and kernels, dilation, one to three axes, with rows of several tiles; all four pairs of layouts.
TEST_CASE("channels: depthwise layers") {
  for (const char* text :
       {"d2 n1 g19 ic19 oc19 ih4x5 k32x32 s16x16", "d2 n2 g3 ic3 oc3 ih3x9 k16x16 s8x8 pb4x4 pe4x4 bias relu",
        "d2 n1 g21 ic21 oc21 ih9x19 k4x4 s2x2 pb1x1 pe1x1 inplace", "d1 n2 g70 ic70 oc70 ih37 k3 s2 pb1 pe1 op1 bias prelu",
        "d1 n1 g5 ic5 oc5 ih23 k41 s20 pb9 pe10 scale bias", "d1 n1 g4 ic4 oc4 ih19 k7 s6 d2 pb3 pe1 residual sigmoid",
        "d3 n1 g18 ic18 oc18 ih3x4x5 k4x4x4 s2x2x2 pb1x1x1 pe1x1x1 bias", "d3 n2 g2 ic2 oc6 ih4x3x21 k3x2x5 s1x2x4 d2x1x1 bias",
        "d2 n1 g16 ic16 oc32 ih7x18 k5x5 s3x3 pb2x1 pe1x2 op1x2 t3", "d2 n3 g6 ic6 oc6 ih11x70 k3x3 s1x1 pb1x1 pe1x1 bias t2",
        "d2 n1 g4 ic4 oc12 ih6x40 k8x8 s4x4 pb2x2 pe2x2 scale relu t2", "d1 n1 g1 ic1 oc1 ih300 k512 s128 pb128 pe128 t3"}) {
    Problem p = parse_problem(text);
    for (const auto src : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      for (const auto dst : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
        p.src_layout = src;
        p.dst_layout = dst;
        if (!session().run(p)) return;
      }
    }
  }
}

// The extents of a row decide which tile remainders run: all of them up to two wide tiles.
TEST_CASE("channels: row lengths at tile edges") {
  for (int64_t width = 1; width <= (session().full ? 70 : 36); ++width) {
    for (const char* text :
         {"d1 n1 g1 ic3 oc17 ih1 k4 s2 pb1 pe1", "d1 n2 g1 ic2 oc3 ih1 k3 s3 bias", "d2 n1 g1 ic3 oc9 ih3x1 k3x3 s1x1 pb1x1 pe1x1"}) {
      Problem p = parse_problem(text);
      p.in[p.rank - 1] = width;
      if (!session().run_layouts(p)) return;
    }
  }
}

TEST_CASE("channels: large") {
  std::vector<const char*> cases{"d2 n1 g1 ic64 oc96 ih20x21 k4x4 s2x2 pb1x1 pe1x1 bias relu",
                                 "d2 n2 g1 ic100 oc67 ih9x23 k3x3 s2x2 pb1x1 pe1x1 op1x1 scale bias",
                                 "d2 n1 g1 ic200 oc131 ih8x9 k2x2 s2x2 bias t2",
                                 "d2 n1 g1 ic33 oc3 ih40x39 k4x4 s2x2 pb1x1 pe1x1 bias t2",
                                 "d2 n1 g1 ic128 oc64 ih11x12 k3x3 s1x1 pb1x1 pe1x1 residual",
                                 "d2 n1 g1 ic96 oc49 ih13x7 k5x5 s3x3 pb2x0 pe1x2 op2x1 bias t2",
                                 "d1 n1 g1 ic192 oc65 ih70 k16 s8 pb4 pe4 bias leaky:0.125",
                                 "d3 n1 g1 ic40 oc35 ih5x6x7 k3x3x3 s2x2x2 pb1x1x1 pe1x1x1 op1x1x1 bias",
                                 "d2 n1 g4 ic128 oc72 ih17x18 k3x3 s2x2 pb1x1 pe0x0",
                                 "d2 n1 g150 ic150 oc150 ih33x34 k4x4 s2x2 pb1x1 pe1x1 bias t2",
                                 "d2 n2 g2 ic80 oc130 ih50x70 k1x1 s1x1 scale bias prelu",
                                 "d2 n1 g1 ic64 oc1 ih70x33 k5x5 s2x2 pb1x1 pe2x2 bias",
                                 "d2 n1 g1 ic40 oc2 ih5x1400 k3x3 s1x1 pb1x1 pe1x1 scale bias residual",
                                 "d2 n1 g1 ic70 oc3 ih60x70 k4x4 s2x2 pb1x1 pe1x1 bias t2",
                                 "d3 n1 g1 ic65 oc2 ih9x14x15 k4x4x4 s2x2x2 pb1x1x1 pe1x1x1 bias",
                                 "d2 n37 g1 ic130 oc100 ih1x1 k4x4 s1x1 inplace",
                                 "d2 n1 g1 ic600 oc80 ih4x4 k4x4 s2x2 pb1x1 pe1x1 bias",
                                 "d1 n2 g1 ic300 oc1 ih37 k256 s64 pb128 pe128 bias",
                                 "d1 n2 g1 ic130 oc1 ih41 k192 s96 pb48 pe47 residual t2",
                                 "d1 n1 g1 ic70 oc3 ih50 k60 s20 pb7 pe20 op3 scale bias inplace"};
  if (session().full) {
    for (const char* text :
         {"d2 n1 g1 ic256 oc256 ih32x32 k4x4 s2x2 pb1x1 pe1x1 bias t2", "d2 n1 g1 ic1024 oc200 ih7x7 k3x3 s2x2 pb1x1 pe1x1 op1x1 t2",
          "d2 n1 g1 ic64 oc3 ih128x131 k4x4 s2x2 pb1x1 pe1x1 t2", "d1 n1 g1 ic513 oc1 ih100 k1024 s256 t2",
          "d3 n2 g1 ic64 oc70 ih9x10x11 k2x2x2 s2x2x2 bias t2"})
      cases.push_back(text);
  }
  for (const char* text : cases)
    if (!session().run_layouts(parse_problem(text))) return;
}

}  // namespace
}  // namespace deconv_test
