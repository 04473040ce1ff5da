// SPDX-License-Identifier: Apache-2.0
#include "support/problem.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace deconv_test;

TEST_CASE("problem: the design's example") {
  const Problem p = parse_problem("d2 n1 g2 ic16 oc32 ih7x5 k4x4 s2x2 d1x1 pb1x1 pe1x1 op0x0 bias relu");
  CHECK(p.rank == 2);
  CHECK(p.groups == 2);
  CHECK(p.in_channels == 16);
  CHECK(p.out_channels == 32);
  CHECK(p.in[0] == 7);
  CHECK(p.in[1] == 5);
  CHECK(p.bias);
  CHECK(p.activation == DECONV_ACTIVATION_RELU);
  const Geometry g = geometry(p);
  CHECK(g.out == Axes{1, 14, 10});
}

TEST_CASE("problem: format and parse are inverse") {
  for (const char* text :
       {"d1 n1 g1 ic3 oc4 ih5 k3 s1 d1 pb0 pe0 op0", "d2 n1 g2 ic16 oc32 ih7x5 k4x4 s2x2 d1x1 pb1x1 pe1x1 op0x0 bias relu",
        "d3 n2 g1 ic3 oc4 ih5x6x7 k3x2x1 s1x2x3 d1x2x3 pb0x1x2 pe2x1x0 op0x1x2 layout:nhwc w:ohwi scale bias residual leaky:0.125 strict "
        "t2",
        "d2 n1 g1 ic1 oc1 ih1x1 k1x1 s1x1 d1x1 pb0x0 pe0x0 op0x0 src:nhwc dst:nchw w:oi form:correlation inplace clamp:-1,1.5",
        "d1 n1 g1 ic1 oc1 ih1 k1 s1 d1 pb0 pe0 op0 src:nchw dst:nhwc w:hwoi elu:1"})
    CHECK(format_problem(parse_problem(text)) == text);
  for (const char* word : {"prelu", "sigmoid", "tanh", "gelu", "gelu_tanh", "silu", "hardswish"}) {
    const std::string text = std::string("d1 n1 g1 ic1 oc1 ih1 k1 s1 d1 pb0 pe0 op0 ") + word;
    CHECK(format_problem(parse_problem(text)) == text);
  }
}

TEST_CASE("problem: errors name the bad word") {
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_problem(text);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "no error";
  };
  const std::string valid = "d2 ic1 oc1 ih1x1 k1x1 ";
  CHECK(message("") == "problem '': the first word must be d1, d2 or d3");
  CHECK(message("d4 ic1").find("'d4'") != std::string::npos);
  CHECK(message(valid + "wobble") == "problem word 'wobble': unknown");
  CHECK(message(valid + "s2") == "problem word 's2': needs one number per axis, joined by x");
  CHECK(message(valid + "s2xtwo") == "problem word 's2xtwo': 'two' is not an integer");
  CHECK(message(valid + "nfour").find("'nfour'") != std::string::npos);
  CHECK(message(valid + "relu tanh") == "problem word 'tanh': 'activation' is given twice");
  CHECK(message(valid + "ic2") == "problem word 'ic2': 'ic' is given twice");
  CHECK(message(valid + "relu:1") == "problem word 'relu:1': takes no number");
  CHECK(message(valid + "leaky") == "problem word 'leaky': needs 1 number(s) after the colon");
  CHECK(message(valid + "clamp:1").find("needs 2 number(s)") != std::string::npos);
  CHECK(message(valid + "elu:x").find("'x' is not a number") != std::string::npos);
  CHECK(message(valid + "layout:nwhc").find("'layout:nwhc'") != std::string::npos);
  CHECK(message(valid + "w:iohw").find("'w:iohw'") != std::string::npos);
  CHECK(message(valid + "form:odd").find("'form:odd'") != std::string::npos);
  CHECK(message("d2 ic1 oc1 k1x1").find("missing word 'ih'") != std::string::npos);
}
