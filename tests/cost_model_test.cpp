// SPDX-License-Identifier: Apache-2.0
// The cost model is arithmetic on a layer's integers. Its constants are measured again from time to time: what is tested are the formulas
// with the constants by name, properties that any calibration must have, and choices that are clear.
#include "highway/cost_model.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "highway/phase_channels/phase_channels.h"
#include "highway/toom_cook/toom_cook.h"
#include "support/parameters.h"
#include "support/zoo.h"

using namespace deconv_test;
using doctest::Approx;

namespace {

using Cost = double (*)(const deconv::Parameters&, int lanes);

struct NamedCost {
  const char* name;
  Cost cost;
};
constexpr NamedCost kCosts[] = {{"phase_gemm", deconv::phase_gemm_cost},
                                {"pixel_gemm", deconv::pixel_gemm_cost},
                                {"overlap_add", deconv::overlap_add_cost},
                                {"depthwise", deconv::depthwise_cost}};
constexpr int kLanes[] = {1, 4, 8, 16};

// Calls f(name, cost, lanes) for every cost function and vector length.
template <class F>
void for_every_cost(const F& f) {
  for (const NamedCost& named : kCosts) {
    for (const int lanes : kLanes) {
      CAPTURE(std::string(named.name));
      CAPTURE(lanes);
      f(named.cost, lanes);
    }
  }
}

deconv::Parameters layer(const char* text) { return parameters(parse_problem(text)); }

deconv::Parameters zoo_layer(const std::string& name, deconv_layout layout) {
  for (const ZooRow& row : load_zoo(DECONV_TEST_ZOO)) {
    if (row.layer != name) continue;
    Problem p = row.problem;
    p.src_layout = p.dst_layout = layout;
    return parameters(p);
  }
  FAIL("no layer " << name);
  return {};
}

}  // namespace

TEST_CASE("cost: phase_gemm multiplies every input channel into whole vectors, tap by tap, and finishes each phase") {
  const double fma = deconv::kPhaseMultiplyAdd, tap = deconv::kTapOverhead, tile = deconv::kTileOverhead;
  const double wide = 4 * (3 * 2 * fma + tap) + 4 * 2 * tile;
  CHECK(deconv::phase_gemm_cost(layer("d2 ic3 oc20 ih5x5 k2x2 s2x2 layout:nhwc"), 16) == Approx(wide));
  CHECK(deconv::phase_gemm_cost(layer("d2 ic3 oc20 ih5x5 k2x2 s2x2"), 16) ==
        Approx(wide + 4 * 20 * deconv::kTurnFloat + 3 * deconv::kGatherFloat));
  CHECK(deconv::phase_gemm_cost(layer("d1 g2 ic6 oc10 ih5 k3 layout:nhwc"), 4) == Approx(3 * (3 * 2 * fma + tap) + 2 * tile));
  // The last of ten outputs in depth does not exist, though every product lands; of the second layer all but a quarter are cropped.
  deconv::Parameters p = layer("d3 ic7 oc1 ih5x5x5 k1x2x3 s2x2x2 layout:nhwc");
  CHECK(deconv::phase_gemm_cost(p, 8) == Approx(6 * (7 * fma + tap) + 8 * tile));
  p.expected_in = {5, 5, 5};
  CHECK(deconv::phase_gemm_cost(p, 8) == Approx(6 * (7 * fma + tap) + 0.9 * 8 * tile));
  p = layer("d2 ic3 oc20 ih6x6 k2x2 s2x2 pe6x6 layout:nhwc");
  p.expected_in = {1, 6, 6};
  CHECK(deconv::phase_gemm_cost(p, 16) == Approx(wide / 4));
  // Of 16 products on each axis of a small map, its two pads cut one away each.
  p = layer("d1 ic7 oc1 ih4 k4 s2 pb1 pe1 layout:nhwc");
  p.expected_in = {1, 1, 4};
  CHECK(deconv::phase_gemm_cost(p, 8) == Approx(14.0 / 16 * 4 * (7 * fma + tap) + 2 * tile));
}

TEST_CASE("cost: overlap_add fills its lanes with taps, and pays for columns") {
  const double fma = deconv::kColumnMultiplyAdd, column = deconv::kColumnOverhead, finish = deconv::kFinishSums;
  // 4 taps of 1 channel are one vector of 8; each output adds to a sum the two columns that reach it, for 2 outputs of an eighth vector
  // each.
  CHECK(deconv::overlap_add_cost(layer("d1 ic5 oc1 ih9 k4 s2 layout:nhwc"), 8) == Approx(5 * fma + column * 3 + finish * 2 / 8));
  // 16 taps of 3 channels: 3 vectors of 16. Four rows of columns, 4 taps long, 2 apart.
  CHECK(deconv::overlap_add_cost(layer("d2 ic64 oc3 ih9x9 k4x4 s2x2"), 16) ==
        Approx(64 * 3 * fma + column * 4 * 3 + finish * 4 * 3 / 16 + 4 * 3 * deconv::kSplitFloat + 64 * deconv::kGatherBlockFloat));
  // Dilated taps are added one by one.
  CHECK(deconv::overlap_add_cost(layer("d1 ic2 oc1 ih9 k3 d2 layout:nhwc"), 4) == Approx(2 * fma + column * 2 * 3 + finish / 4));
}

TEST_CASE("cost: pixel_gemm fills its lanes with pixels") {
  const deconv::Parameters unknown = layer("d2 ic64 oc3 ih9x9 k4x4 s2x2");
  deconv::Parameters p = unknown;
  p.expected_in = {0, 0, 0};
  const double vector = 64 * 4 * 12 * deconv::kPixelMultiplyAdd + deconv::kPackVector * 64 + deconv::kFinishVector * 12;
  CHECK(deconv::pixel_gemm_cost(p, 16) == Approx(vector / 16));
  // 9 x 9 inputs make 10 x 10 positions and a zero at the end of each row: 110 cells.
  p.expected_batch = 1;
  p.expected_in = {1, 9, 9};
  CHECK(deconv::pixel_gemm_cost(p, 16) == Approx(7.0 / 81 * vector + deconv::kRowOverhead * 2 * 3 / 9));
}

TEST_CASE("cost: more channels or taps never cost less") {
  for_every_cost([](Cost cost, int lanes) {
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      for (const char* text :
           {"d1 ic1 oc1 ih9 k4 s2", "d2 ic3 oc5 ih9x9 k3x3 s2x2", "d2 ic3 oc5 ih9x9 k3x3 d2x2", "d3 ic8 oc2 ih3x3x3 k2x2x2 s2x2x2"}) {
        CAPTURE(std::string(text));
        const auto grows = [&](int64_t& field, deconv::Parameters& p) {
          for (double last = 0; field <= 70; ++field) {
            const double now = cost(p, lanes);
            CHECK(now >= last);
            last = now;
          }
        };
        deconv::Parameters p = layer(text);
        p.src_layout = p.dst_layout = layout;
        for (int64_t deconv::Parameters::* channels : {&deconv::Parameters::in_channels, &deconv::Parameters::out_channels}) {
          deconv::Parameters more = p;
          grows(more.*channels, more);
        }
        for (int a = 0; a < 3; ++a) {
          deconv::Parameters more = p;
          grows(more.kernel[a], more);
        }
      }
    }
  });
}

TEST_CASE("cost: wider vectors never cost more") {
  for (const NamedCost& named : kCosts) {
    CAPTURE(std::string(named.name));
    for (const ZooRow& row : load_zoo(DECONV_TEST_ZOO)) {
      CAPTURE(row.layer);
      CHECK(named.cost(parameters(row.problem), 16) <= named.cost(parameters(row.problem), 8));
      CHECK(named.cost(parameters(row.problem), 8) <= named.cost(parameters(row.problem), 4));
    }
  }
}

TEST_CASE("cost: hostile numbers give a number") {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  for_every_cost([](Cost cost, int lanes) {
    for (const int64_t channels : {int64_t{1}, kMax}) {
      for (const int64_t groups : {int64_t{1}, channels}) {
        deconv::Parameters p;
        p.groups = groups;
        p.in_channels = p.out_channels = channels;
        for (deconv::Axes deconv::Parameters::* axes :
             {&deconv::Parameters::kernel, &deconv::Parameters::stride, &deconv::Parameters::dilation}) {
          deconv::Parameters one = p;
          one.*axes = {kMax, kMax, kMax};
          CHECK(std::isfinite(cost(one, lanes)));
          CHECK(cost(one, lanes) > 0);
        }
        p.kernel = p.stride = p.dilation = {kMax, kMax, kMax};
        CHECK(std::isfinite(cost(p, lanes)));
        CHECK(cost(p, lanes) > 0);
      }
    }
  });
}

TEST_CASE("cost: clear choices") {
  struct Choice {
    const char* layer;
    Cost cheaper, dearer;
  };
  constexpr Choice kChoices[] = {
      {"istft_pt120982", deconv::overlap_add_cost, deconv::phase_gemm_cost},  // 1 channel of 1024 taps
      {"waveglow_up", deconv::phase_gemm_cost, deconv::overlap_add_cost},     // 80 channels to 80, 1024 taps
      {"pix2pix_outer", deconv::overlap_add_cost, deconv::phase_gemm_cost},   // 128 channels to 3
      {"pix2pix_outer", deconv::pixel_gemm_cost, deconv::phase_gemm_cost},
      {"cugan_2x_bottom", deconv::pixel_gemm_cost, deconv::overlap_add_cost},     // 64 channels to 3
      {"pix2pix_inner", deconv::phase_gemm_cost, deconv::pixel_gemm_cost},        // one pixel
      {"dcgan_g1", deconv::phase_gemm_cost, deconv::overlap_add_cost},            // 512 channels to 256
      {"pix2pixhd_1024_512", deconv::phase_gemm_cost, deconv::overlap_add_cost},  // 1024 to 512
      {"deeplab_dcn_g19", deconv::depthwise_cost, deconv::phase_gemm_cost},       // 19 groups of one channel
  };
  for (const Choice& choice : kChoices) {
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      for (const int lanes : {8, 16}) {
        CAPTURE(std::string(choice.layer));
        CAPTURE(lanes);
        const deconv::Parameters p = zoo_layer(choice.layer, layout);
        CHECK(choice.cheaper(p, lanes) < choice.dearer(p, lanes));
      }
    }
  }
}

TEST_CASE("cost: an inverse STFT is cheapest as a layer of channels, in either accuracy") {
  for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
    deconv::Parameters p = zoo_layer("istft_pt120982", layout);
    for (const deconv_accuracy accuracy : {DECONV_ACCURACY_DEFAULT, DECONV_ACCURACY_STRICT}) {
      p.accuracy = accuracy;
      for (const int lanes : kLanes) {
        const double folded = deconv::phase_channels().cost(p, lanes);
        for (const NamedCost& named : kCosts) {
          CAPTURE(std::string(named.name));
          if (lanes > 1 && named.cost != deconv::depthwise_cost) CHECK(folded < named.cost(p, lanes));
        }
      }
    }
  }
}

TEST_CASE("cost: phases that fill vectors, and what cannot be folded") {
  for (const char* name : {"hifigan_v1_up0", "waveglow_up"}) {
    deconv::Parameters p = zoo_layer(name, DECONV_CHANNELS_LAST);
    CHECK(deconv::phase_channels().cost(p, 16) > deconv::toom_cook().cost(p, 16));
    p.accuracy = DECONV_ACCURACY_STRICT;
    CHECK(deconv::phase_channels().cost(p, 16) > deconv::phase_gemm_cost(p, 16));
  }
  for (const auto& declined : {std::pair<const char*, const char*>{"d2 ic8 oc1 ih4x4 k4x4 s2x2", "one axis only"},
                               {"d1 g2 ic8 oc2 ih4 k4 s2", "groups"},
                               {"d1 ic8 oc2 ih4 k4 s2 layout:nchw", "lie apart"},
                               {"d1 ic8 oc1 ih4 k4 s1", "no stride"},
                               {"d1 ic8 oc1 ih4 k5 s2", "not a multiple of the stride"},
                               {"d1 ic8 oc1 ih4 k4 s2 d3", "dilation"}}) {
    const deconv::Parameters p = layer(declined.first);
    CAPTURE(std::string(declined.first));
    CHECK_FALSE(deconv::phase_channels().check(p).ok);
    CHECK(deconv::phase_channels().check(p).reason.find(declined.second) != std::string::npos);
    CHECK(std::isinf(deconv::phase_channels().cost(p, 16)));
  }
}
