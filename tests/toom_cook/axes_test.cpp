// SPDX-License-Identifier: Apache-2.0
// How an axis splits into phases with transforms of their own, and which layers have none.
#include "highway/toom_cook/axes.h"

#include <doctest/doctest.h>

#include <string>

#include "core/division.h"
#include "highway/toom_cook/choice.h"
#include "support/parameters.h"

using deconv::ToomAxes;
using deconv::ToomAxis;

namespace {

deconv::Parameters layer(const char* text) { return deconv_test::parameters(deconv_test::parse_problem(text)); }

int points(const ToomAxis& axis, int64_t residue) { return axis.kind(residue).transform.points(); }

void check_declined(const char* text, const std::string& axis, const std::string& words) {
  const deconv::Support support = deconv::check_toom_axes(layer(text));
  CAPTURE(std::string(text));
  CAPTURE(support.reason);
  CHECK_FALSE(support.ok);
  CHECK(support.reason.find(axis) != std::string::npos);
  CHECK(support.reason.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("axes: phases of the same taps share a kind, no product is one with a zero") {
  struct Case {
    int64_t kernel, stride;
    int taps;
    int64_t long_phases;
    int kinds;
  };
  constexpr Case kCases[] = {{3, 2, 2, 1, 2},  {4, 2, 2, 2, 1},  {5, 2, 3, 1, 2}, {6, 2, 3, 2, 1}, {7, 2, 4, 1, 2},
                             {9, 2, 5, 1, 2},  {7, 3, 3, 1, 2},  {8, 3, 3, 2, 2}, {5, 4, 2, 1, 2}, {8, 4, 2, 4, 1},
                             {10, 5, 2, 5, 1}, {16, 8, 2, 8, 1}, {3, 1, 3, 1, 1}, {5, 1, 5, 1, 1}};
  for (const Case& c : kCases) {
    for (int outputs = 2; outputs + c.taps - 1 <= deconv::kMostPoints; ++outputs) {
      CAPTURE(c.kernel);
      CAPTURE(c.stride);
      CAPTURE(outputs);
      const ToomAxis axis(c.kernel, c.stride, 1, outputs);
      CHECK(axis.taps == c.taps);
      CHECK(axis.window == outputs + c.taps - 1);
      CHECK(axis.long_phases == c.long_phases);
      CHECK(axis.kind_count == c.kinds);
      CHECK(axis.spacing == 1);
      CHECK_FALSE(axis.trivial());
      // m outputs of every phase: each tap costs one product, and each phase m - 1 more.
      CHECK(axis.products() == c.stride * (outputs - 1) + c.kernel);
      int64_t products = 0;
      for (int64_t residue = 0; residue < c.stride; ++residue) {
        const int64_t taps = deconv::ceil_div(c.kernel - residue, c.stride);
        CHECK(axis.kind(residue).transform.taps == taps);
        CHECK(axis.kind(residue).transform.outputs == outputs);
        products += points(axis, residue);
      }
      CHECK(products == axis.products());
    }
  }
}

TEST_CASE("axes: planes of the two kinds follow each other, the short phases' window begins one input later") {
  const ToomAxis axis(5, 2, 1, 3);
  CHECK(axis.kinds[0].plane == 0);
  CHECK(axis.kinds[0].skip == 0);
  CHECK(axis.kinds[0].transform.points() == 5);
  CHECK(axis.kinds[1].plane == 5);
  CHECK(axis.kinds[1].skip == 1);
  CHECK(axis.kinds[1].transform.points() == 4);
  CHECK(axis.planes == 9);
}

TEST_CASE("axes: one tap of every phase has no transform, and a kernel of one tap no dilation") {
  const ToomAxis same(3, 3, 1, 1);
  CHECK(same.trivial());
  CHECK(same.products() == 3);
  CHECK(same.amplification() == 1);
  CHECK(ToomAxis(1, 1, 7, 1).spacing == 1);
  CHECK(ToomAxis(3, 1, 7, 2).spacing == 7);
}

TEST_CASE("axes: three axes are products") {
  const deconv::Parameters p = layer("d3 ic3 oc2 ih4x4x4 k3x4x2 s2x2x2");
  const int outputs[3] = {2, 3, 1};
  const ToomAxes axes(p, outputs);
  CHECK(axes.name() == "F(2,2)xF(3,2)");
  CHECK(axes.planes() == (3 + 2) * 4);
  CHECK(axes.window() == 3 * 4);
  CHECK(axes.outputs() == 6);
  CHECK(axes.products() == (2 + 3) * (4 + 4) * 2);
  CHECK(axes.points({0, 0, 1}) == 12);
  CHECK(axes.points({1, 1, 0}) == 8);
  CHECK(axes.most_points() == 12);
  CHECK(axes.amplification() == doctest::Approx(3 * 4));
}

TEST_CASE("axes: layers without transforms are declined by axis and reason") {
  check_declined("d2 ic3 oc2 ih4x4 k3x2 s2x3", "axis w", "kernel < stride");
  check_declined("d2 ic3 oc2 ih4x4 k3x4 s2x2 d3x1", "axis h", "dilation with a stride");
  check_declined("d1 ic3 oc2 ih9 k6", "axis w", "more than 5 taps");
  check_declined("d1 ic3 oc2 ih9 k11 s2", "axis w", "more than 5 taps");
  check_declined("d3 ic3 oc2 ih9x9x9 k3x3x3 d9x1x1", "axis d", "a dilation above 8");
  check_declined("d2 ic3 oc2 ih4x4 k2x2 s2x2", "", "kernel = stride");
  check_declined("d2 ic3 oc2 ih4x4 k1x1", "", "kernel = stride");
}

TEST_CASE("axes: layers at the limits are accepted") {
  for (const char* text : {"d1 ic3 oc2 ih9 k5", "d1 ic3 oc2 ih9 k10 s2", "d1 ic3 oc2 ih9 k16 s8", "d1 ic3 oc2 ih9 k3 d8",
                           "d2 ic3 oc2 ih4x4 k2x3 s2x2", "d2 ic3 oc2 ih4x4 k1x3 s1x2", "d2 ic3 oc2 ih4x4 k1x3 d9x1"}) {
    CAPTURE(std::string(text));
    const deconv::Support support = deconv::check_toom_axes(layer(text));
    CAPTURE(support.reason);
    CHECK(support.ok);
  }
}
