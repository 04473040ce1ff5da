// SPDX-License-Identifier: Apache-2.0
// The tests' own ground: both references and the file of golden outputs must agree before a backend is judged by them.
#include "support/reference.h"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

#include "support/fill.h"
#include "support/golden.h"
#include "support/tolerance.h"
#include "support/zoo.h"

using namespace deconv_test;

TEST_CASE("golden: both references reproduce all cases exactly") {
  const auto cases = load_golden(DECONV_TEST_GOLDEN);
  REQUIRE(cases.size() == 300);
  for (const auto& c : cases) {
    CAPTURE(c.name);
    REQUIRE(legal(c.problem));
    const Geometry g = geometry(c.problem);
    for (int axis = 0; axis < c.problem.rank; ++axis) CHECK(g.out[DECONV_MAX_RANK - c.problem.rank + axis] == c.out[axis]);
    const Tensors tensors = golden_tensors(c.problem);
    CHECK(scatter_reference(c.problem, tensors, false).value == c.dst);
    CHECK(article_reference(c.problem, tensors) == c.dst);
  }
}

TEST_CASE("scatter and article agree with groups, epilogue and every rank") {
  for (const char* text : {"d1 n2 g2 ic4 oc6 ih5 k3 s2 d3 pb1 pe2 op2 bias scale residual relu",
                           "d2 n1 g4 ic4 oc8 ih3x4 k2x5 s3x2 d2x1 pb0x3 pe1x0 op2x1 bias prelu",
                           "d3 n1 g1 ic2 oc3 ih2x3x2 k3x1x2 s2x4x1 d1x1x3 pb1x0x2 pe0x0x1 op1x3x2 scale residual elu:0.5"}) {
    CAPTURE(std::string(text));
    const Problem p = parse_problem(text);
    REQUIRE(legal(p));
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    CHECK(scatter_reference(p, tensors, false).value == article_reference(p, tensors));
  }
}

TEST_CASE("magnitude bounds the value and terms count the products") {
  const Problem p = parse_problem("d2 n1 g1 ic3 oc2 ih3x4 k3x2 s2x3 d1x1 pb1x0 pe0x1 op1x0 bias scale");
  const Reference r = scatter_reference(p, fill_tensors(p, Fill::kReal), true);
  const int64_t out = geometry(p).out_spatial();
  int64_t terms = 0;
  for (const int64_t count : r.terms) terms += count;
  CHECK(terms * p.batch * p.out_channels == r.products);
  REQUIRE(r.magnitude.size() == static_cast<size_t>(p.out_channels * out));
  for (size_t i = 0; i < r.value.size(); ++i) CHECK(std::abs(r.argument[i]) <= r.magnitude[i] * (1 + 1e-12));
}

TEST_CASE("exact fill refuses sums that could round") {
  CHECK_THROWS_AS(fill_tensors(parse_problem("d1 n1 g1 ic400000 oc1 ih1 k1"), Fill::kExact), std::invalid_argument);
}

TEST_CASE("tolerance: n roundings, no slack for piecewise linear activations of exact arguments") {
  CHECK(gamma_n(1) == doctest::Approx(0x1p-24));
  Problem p = parse_problem("d1 n1 g1 ic1 oc1 ih1 k1");
  CHECK(error_bound(p, {1.0, 1.0, 1.0, 10, 0.0}) == gamma_n(14));
  CHECK(error_bound(p, {1.0, 1.0, 0.0, kExactArgument, 0.0}) == 0.0);
  p.activation = DECONV_ACTIVATION_TANH;
  CHECK(error_bound(p, {0.5, 0.55, 0.0, kExactArgument, 0.0}) == 0.5 * 0x1p-20);
}

TEST_CASE("zoo: every row is legal, says its own output, and stays legal when shrunk") {
  const auto rows = load_zoo(DECONV_TEST_ZOO);
  REQUIRE(rows.size() == 101);
  for (const auto& row : rows) {
    CAPTURE(row.layer);
    CHECK(legal(row.problem));
    const Geometry g = geometry(row.problem);
    for (int axis = 0; axis < row.problem.rank; ++axis) CHECK(g.out[DECONV_MAX_RANK - row.problem.rank + axis] == row.out[axis]);
    CHECK(legal(shrink(row.problem)));
  }
}
