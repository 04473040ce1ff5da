// SPDX-License-Identifier: Apache-2.0
// Layers that other libraries were reported to compute wrongly or to crash on. The reports: docs/testing.md, "Hostile input". The shapes
// are of the kind that was reported, not the reports' own.
#pragma once

namespace deconv_test {

struct ReportedLayer {
  const char* report;
  const char* problem;
};

constexpr ReportedLayer kReportedLayers[] = {
    // SAME with an even and an odd total, at stride 1 and more, with output padding: the pads are those of padding_test.cpp
    {"onnxruntime 4086", "d2 n1 g1 ic1 oc1 ih2x2 k3x3 s1x1 pb1x1 pe1x1"},
    {"onnxruntime 4698", "d2 n1 g1 ic1 oc1 ih5x5 k3x3 s2x2 pe1x1"},
    {"onnxruntime 6067", "d2 n2 g1 ic3 oc2 ih4x5 k3x2 s1x2 pb1x0 pe1x0"},
    {"onnxruntime 11927", "d2 n1 g1 ic2 oc1 ih3x3 k3x3 s2x2 pb1x1 pe1x1 op1x1"},
    {"onnxruntime 13311", "d1 n1 g1 ic2 oc3 ih5 k4 s2 pb2 pe1"},
    // an output longer than the taps reach: columns past the last input
    {"onnxruntime 29446", "d2 n1 g1 ic2 oc3 ih3x4 k2x2 s2x3 op1x2 bias"},
    {"onnxruntime 29446", "d2 n1 g1 ic2 oc3 ih3x4 k3x2 s1x2 d4x5 op3x4 bias"},
    {"PyTorch 5112", "d2 n1 g1 ic3 oc4 ih5x5 k3x3 s2x2 d3x3 pb1x1 pe1x1 op2x2"},
    {"PyTorch 5112", "d1 n2 g2 ic4 oc6 ih6 k3 s1 d7 pb3 pe2 op6 bias"},
    // 26144: memory that nobody wrote showed in the results
    {"onnxruntime 26144", "d2 n1 g1 ic3 oc8 ih6x6 k5x5 s2x2 pb2x2 pe2x2 op1x1 bias"},
    // 77901, 142457: dilations beyond 2^30 and 2^40 that a kernel of one tap makes harmless, with pads and output padding
    {"PyTorch 142457", "d3 n1 g1 ic2 oc3 ih4x5x4 k1x1x1 d1879048192x1879048192x1879048192 pb2x2x2 pe2x2x2 op2x2x2 bias"},
    {"PyTorch 77901", "d3 n3 g1 ic3 oc3 ih3x3x3 k1x1x1 d1250999896764x1250999896764x1250999896764 pb1x1x1 pe1x1x1 bias"},
    {"PyTorch 48400", "d3 n1 g1 ic1 oc1 ih1x4x4 k1x4x4 s1x4x4 pb0x2x2 pe0x2x2"},
    {"PyTorch 99519", "d2 n1 g1 ic1 oc2 ih2x2 k5x5 s1x1 w:ohwi"},
    {"PyTorch 99519", "d2 n1 g1 ic1 oc2 ih2x2 k5x5 s1x1 w:hwoi bias"},
    {"PyTorch 188959", "d1 n1 g1 ic2 oc3 ih1 k1 s9223372036854775807 bias"},
    {"TensorFlow 45216", "d2 n1 g256 ic512 oc256 ih3x3 k4x4 s2x2 pb1x1 pe1x1"},
    {"TensorFlow 45216", "d2 n1 g8 ic64 oc32 ih4x3 k4x4 s2x2 pb1x1 pe1x1 w:hwoi"},
    {"TensorFlow 69103", "d1 n2 g1 ic64 oc64 ih48 k3 s1 d2 w:hwoi bias"},
    {"TensorFlow 48469", "d2 n1 g1 ic16 oc1 ih5x6 k4x3 s1x1 d1x2"},
    // outputs whose window holds no input
    {"rten 1398", "d1 n1 g1 ic2 oc3 ih2 k3 s9 pb5 pe4 bias"},
    {"rten 1398", "d2 n1 g2 ic4 oc4 ih1x2 k7x2 s1x11 pb6x5 pe0x7 bias"},
    {"nntrainer 4347", "d2 n1 g1 ic2 oc3 ih2x3 k7x5 s2x1 pb3x1 pe2x3"},
    {"nntrainer 4347", "d2 n1 g1 ic2 oc3 ih9x7 k2x3 s1x1"},
};

}  // namespace deconv_test
