// SPDX-License-Identifier: Apache-2.0
// Unit tests of internals that the shared library hides (linked as deconv_internal): phases, counts, checked arithmetic, weight_index.
#include "core/geometry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "core/checked.h"
#include "core/epilogue.h"
#include "core/output_extent.h"
#include "support/fill.h"
#include "support/layouts.h"
#include "support/parameters.h"
#include "support/problem.h"
#include "support/reference.h"

using deconv_test::parameters;
using deconv_test::parse_problem;
using deconv_test::Problem;
using deconv_test::shape;

namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

}  // namespace

TEST_CASE("phases: every tap in exactly one phase, by growing shift") {
  for (int64_t k = 1; k <= 9; ++k) {
    for (int64_t s = 1; s <= 6; ++s) {
      for (int64_t d = 1; d <= 4; ++d) {
        const auto phases = deconv::axis_phases(k, s, d);
        REQUIRE(phases.size() == static_cast<size_t>(s));
        std::set<int64_t> taps;
        for (int64_t r = 0; r < s; ++r) {
          CHECK(phases[r].residue == r);
          int64_t previous = -1;
          for (const auto& tap : phases[r].taps) {
            CHECK(tap.tap * d == r + tap.shift * s);
            CHECK(tap.shift > previous);
            previous = tap.shift;
            CHECK(taps.insert(tap.tap).second);
          }
        }
        CHECK(taps.size() == static_cast<size_t>(k));
      }
    }
  }
}

TEST_CASE("phases: ranges cover every output once, at the right index") {
  for (int64_t s = 1; s <= 6; ++s) {
    for (int64_t pad = 0; pad <= 13; ++pad) {
      for (int64_t out = 1; out <= 14; ++out) {
        const deconv::PhaseRanges ranges(s, pad, out);
        std::multiset<int64_t> covered;
        for (int64_t residue = 0; residue < s; ++residue) {
          CHECK(ranges.begin(residue) <= ranges.end(residue));
          for (int64_t j = ranges.begin(residue); j < ranges.end(residue); ++j) {
            CHECK(j >= ranges.first());  // the number that shifts count from
            CHECK(j < ranges.first() + ranges.span());
            covered.insert(residue + j * s - pad);
          }
          int64_t used = residue;
          while (used < s && ranges.begin(used) == ranges.end(used)) ++used;
          CHECK(ranges.next(residue) == used);
        }
        CHECK(covered.size() == static_cast<size_t>(out));
        CHECK(std::set<int64_t>(covered.begin(), covered.end()).size() == static_cast<size_t>(out));
        CHECK(*covered.begin() == 0);
        CHECK(*covered.rbegin() == out - 1);
      }
    }
  }
}

TEST_CASE("counts: flops against products counted one by one") {
  for (const char* text :
       {"d1 n1 g1 ic1 oc1 ih1 k1", "d1 n2 g3 ic6 oc9 ih5 k4 s3 d2 pb2 pe4 op1", "d2 n1 g1 ic3 oc5 ih4x6 k3x2 s2x3 pb1x0 pe0x1 op1x2",
        "d2 n3 g4 ic4 oc8 ih3x3 k2x5 s4x1 d1x3 pb3x7 pe0x6 op3x0", "d3 n1 g1 ic2 oc3 ih2x3x4 k3x2x1 s2x1x3 d1x2x1 pb1x1x0 pe2x0x0",
        "d2 n1 g1 ic2 oc2 ih5x5 k2x2 s1x1 pb4x0 pe0x4", "d1 n1 g1 ic1 oc1 ih9 k3 s2 pb6 pe6"}) {
    CAPTURE(std::string(text));
    const Problem p = parse_problem(text);
    REQUIRE(legal(p));
    CHECK(deconv::count_flops(parameters(p), shape(p)) == 2 * count_products(p));
  }
}

TEST_CASE("counts: figures saturate instead of wrapping") {
  deconv::Parameters p = parameters(parse_problem("d2 n1 g1 ic1 oc1 ih1x1 k1x1"));
  deconv::Shape s;
  s.in = s.out = {1, int64_t{1} << 31, int64_t{1} << 31};
  p.in_channels = p.out_channels = 1024;
  CHECK(deconv::count_flops(p, s) == kMax);
  CHECK(deconv::count_bytes(p, s) == kMax);
}

TEST_CASE("counts: compulsory bytes") {
  deconv::Parameters p = parameters(parse_problem("d2 n2 g1 ic3 oc5 ih4x4 k3x3 s2x2 pb1x1 pe1x1 op1x1"));
  const deconv::Shape s = shape(parse_problem("d2 n2 g1 ic3 oc5 ih4x4 k3x3 s2x2 pb1x1 pe1x1 op1x1"));
  const int64_t src = 2 * 3 * 16, weights = 3 * 5 * 9, dst = 2 * 5 * 64;
  CHECK(deconv::count_bytes(p, s) == 4 * (src + weights + dst));
  p.epilogue.has_residual = p.epilogue.has_bias = p.epilogue.has_scale = true;
  p.epilogue.activation = DECONV_ACTIVATION_PRELU;
  CHECK(deconv::count_bytes(p, s) == 4 * (src + weights + 2 * dst + 3 * 5));
}

TEST_CASE("checked arithmetic") {
  CHECK(deconv::checked_mul(int64_t{1} << 31, int64_t{1} << 31, "x") == int64_t{1} << 62);
  CHECK_THROWS_AS(deconv::checked_mul(int64_t{1} << 32, int64_t{1} << 31, "x"), deconv::Error);
  CHECK(deconv::checked_add(kMax - 1, 1, "x") == kMax);
  CHECK_THROWS_AS(deconv::checked_add(kMax, 1, "x"), deconv::Error);
  CHECK(deconv::saturating_mul(kMax, 2) == kMax);
  CHECK(deconv::saturating_add(kMax, kMax) == kMax);
}

TEST_CASE("extents: the formula, and errors for what is empty or too large") {
  const Problem p = parse_problem("d2 n1 g1 ic1 oc1 ih4x5 k3x2 s2x3 d2x4 pb1x2 pe3x0 op1x3");
  const deconv::Parameters q = parameters(p);
  const deconv_test::Geometry g = geometry(p);
  CHECK(deconv::output_extents(q, g.in, q.padding) == g.out);
  CHECK(deconv::full_extents(q, g.in) == deconv::Axes{1, 3 * 2 + 2 * 2 + 1, 4 * 3 + 4 + 1});
  CHECK_THROWS_AS(deconv::full_extents(q, {1, kMax, 1}), deconv::Error);
  CHECK_THROWS_AS(deconv::output_extents(q, g.in, {{0, 30, 0}, {0, 0, 0}, {0, 0, 0}}), deconv::Error);
  CHECK_THROWS_AS(deconv::output_extents(q, g.in, {{0, kMax, 0}, {0, kMax, 0}, {0, 0, 0}}), deconv::Error);
}

TEST_CASE("weight_index agrees with the tests' own layout code") {
  for (const char* layout : {"w:io", "w:oi", "w:hwoi", "w:ohwi"}) {
    for (const char* form : {" form:transposed", " form:correlation"}) {
      const Problem p = parse_problem(std::string("d3 n1 g2 ic4 oc6 ih1x1x1 k2x3x4 ") + layout + form);
      const deconv::Parameters q = parameters(p);
      std::vector<float> canonical(q.weights_count());
      for (size_t i = 0; i < canonical.size(); ++i) canonical[i] = static_cast<float>(i);
      const std::vector<float> given = to_weights_layout(p, canonical);
      size_t next = 0;
      for (int64_t ic = 0; ic < 4; ++ic) {
        for (int64_t oc = 0; oc < 3; ++oc) {
          for (int64_t d = 0; d < 2; ++d) {
            for (int64_t h = 0; h < 3; ++h)
              for (int64_t w = 0; w < 4; ++w) CHECK(given[deconv::weight_index(q, ic, oc, {d, h, w})] == canonical[next++]);
          }
        }
      }
    }
  }
}

TEST_CASE("epilogue: absent parts are skipped, the order is scale, bias, residual, activation") {
  deconv::Epilogue e;
  CHECK(deconv::apply_epilogue(e, 3.0f, 7.0f, 7.0f, 7.0f, 7.0f) == 3.0f);
  e.has_scale = true;
  CHECK(deconv::apply_epilogue(e, 3.0f, 2.0f, 7.0f, 7.0f, 7.0f) == 6.0f);
  e.has_bias = e.has_residual = true;
  e.activation = DECONV_ACTIVATION_PRELU;
  CHECK(deconv::apply_epilogue(e, 3.0f, -2.0f, 1.0f, 2.0f, 0.5f) == -1.5f);
  CHECK(deconv::apply_epilogue(e, 3.0f, 2.0f, 1.0f, 2.0f, 0.5f) == 9.0f);
}
