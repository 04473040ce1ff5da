// SPDX-License-Identifier: Apache-2.0
// Layouts, weights layouts, forms, and every element of the epilogue.
#include <doctest/doctest.h>

#include <string>

#include "conformance/session.h"

namespace deconv_test {
namespace {

constexpr const char* kActivations[] = {"",     "relu", "leaky:0.125", "leaky:-0.3", "prelu",     "clamp:-1,6", "clamp:2,2", "sigmoid",
                                        "tanh", "gelu", "gelu_tanh",   "silu",       "hardswish", "elu:1",      "elu:0.3"};

TEST_CASE("layouts: src, dst, weights and form") {
  for (const char* base : {"d1 n2 g1 ic5 oc7 ih6 k3 s2 d2 pb1 pe0 op1 ", "d2 n2 g2 ic6 oc10 ih4x3 k3x2 s2x3 pb1x0 pe0x1 op1x2 ",
                           "d2 n1 g1 ic17 oc19 ih5x6 k4x4 s2x2 pb1x1 pe1x1 ", "d3 n1 g1 ic4 oc9 ih2x3x4 k2x3x2 s1x2x2 pb0x1x0 pe1x1x0 ",
                           "d2 n1 g8 ic8 oc16 ih4x5 k3x3 s2x2 pb1x1 pe1x1 "}) {
    for (const char* src : {"src:nchw ", "src:nhwc "}) {
      for (const char* dst : {"dst:nchw ", "dst:nhwc "}) {
        for (const char* weights : {"w:io ", "w:oi ", "w:hwoi ", "w:ohwi "}) {
          for (const char* form : {"form:transposed", "form:correlation"})
            if (!session().run(std::string(base) + src + dst + weights + form)) return;
        }
      }
    }
  }
}

TEST_CASE("epilogue: every activation with every combination of scale, bias and residual") {
  for (const char* base : {"d2 n1 g1 ic7 oc19 ih5x4 k3x3 s2x2 pb1x1 pe0x1 op1x0 ", "d1 n2 g2 ic6 oc6 ih9 k2 s3 op2 "}) {
    for (const char* activation : kActivations) {
      for (const char* scale : {"", "scale "}) {
        for (const char* bias : {"", "bias "}) {
          for (const char* residual : {"", "residual ", "inplace "}) {
            for (const Fill fill : {Fill::kExact, Fill::kReal}) {
              const std::string text = std::string(base) + scale + bias + residual + activation;
              if (!session().run_layouts(parse_problem(text), fill)) return;
            }
          }
        }
      }
    }
  }
}

// NaN comes out as NaN; an infinity as the activation's limit, where the plain formula may be inf * 0.
TEST_CASE("epilogue: NaN and infinity pass through every activation") {
  if (!session().own_backend()) return;
  for (const char* base : {"d2 n1 g1 ic5 oc19 ih4x5 k3x3 s2x2 pb1x1 pe1x1 strict ", "d2 n1 g6 ic6 oc6 ih4x7 k3x3 s2x2 strict bias "}) {
    for (const char* activation : kActivations) {
      for (const Fill fill : {Fill::kNan, Fill::kInf})
        if (!session().run_layouts(parse_problem(std::string(base) + activation), fill)) return;
    }
  }
}

TEST_CASE("epilogue: wide, narrow and grouped layers") {
  for (const char* base : {"d2 n1 g1 ic20 oc67 ih6x7 k4x4 s2x2 pb1x1 pe1x1 ", "d2 n1 g1 ic33 oc3 ih6x9 k4x4 s2x2 pb1x1 pe1x1 ",
                           "d2 n1 g12 ic12 oc12 ih6x9 k3x3 s2x2 pb1x1 pe1x1 op1x1 ", "d2 n3 g1 ic33 oc18 ih1x1 k2x2 s2x2 "}) {
    for (const char* activation : kActivations) {
      for (const Fill fill : {Fill::kExact, Fill::kReal})
        if (!session().run_layouts(parse_problem(std::string(base) + "scale bias residual " + activation), fill)) return;
    }
  }
}

}  // namespace
}  // namespace deconv_test
