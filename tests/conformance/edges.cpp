// SPDX-License-Identifier: Apache-2.0
// Enumerated edges of the arithmetic: every small combination of kernel, stride, dilation, pads, output padding and extent.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "conformance/session.h"

namespace deconv_test {
namespace {

struct Axis {
  int64_t in, kernel, stride, dilation, pad_begin, pad_end, output_padding;
};

// K, S in 1..5, D in 1..3, I in 1..4, pads none, asymmetric both ways and beyond the taps' reach, output padding 0 and its limit.
std::vector<Axis> enumerate_axes() {
  std::vector<Axis> axes;
  for (int64_t k = 1; k <= 5; ++k) {
    for (int64_t s = 1; s <= 5; ++s) {
      for (int64_t d = 1; d <= 3; ++d) {
        for (int64_t in = 1; in <= 4; ++in) {
          const int64_t reach = d * (k - 1);
          for (const auto& [begin, end] :
               {std::pair<int64_t, int64_t>{0, 0}, {1, 0}, {0, 2}, {reach, reach}, {reach + 2, 0}, {0, reach + s}})
            for (const int64_t op : {int64_t{0}, std::max(s, d) - 1}) axes.push_back({in, k, s, d, begin, end, op});
        }
      }
    }
  }
  return axes;
}

void set_axis(Problem* p, int axis, const Axis& a) {
  p->in[axis] = a.in;
  p->kernel[axis] = a.kernel;
  p->stride[axis] = a.stride;
  p->dilation[axis] = a.dilation;
  p->pad_begin[axis] = a.pad_begin;
  p->pad_end[axis] = a.pad_end;
  p->output_padding[axis] = a.output_padding;
}

Problem with_channels(int rank, int64_t batch, int64_t ic, int64_t oc) {
  Problem p;
  p.rank = rank;
  p.batch = batch;
  p.in_channels = ic;
  p.out_channels = oc;
  return p;
}

TEST_CASE("edges: one axis") {
  for (const Axis& a : enumerate_axes()) {
    Problem p = with_channels(1, 1, 2, 5);
    p.bias = (a.in + a.kernel) % 2 == 0;  // outputs reached by no tap: with and without bias
    set_axis(&p, 0, a);
    if (legal(p) && !session().run_layouts(p)) return;
  }
}

// One output channel, or channels last: S phases lie together in dst and may become channels. Pads cut rows of phases anywhere.
TEST_CASE("edges: one axis, whole strides of taps") {
  std::vector<Axis> axes = enumerate_axes();
  for (const auto& [kernel, stride] : {std::pair<int64_t, int64_t>{12, 3}, {20, 4}, {24, 12}, {34, 17}}) {
    for (const int64_t in : {1, 2, 9}) {
      for (const int64_t begin : {int64_t{0}, stride - 1, stride, stride + 1, kernel + 1}) {
        for (const int64_t end : {int64_t{0}, int64_t{1}, stride, kernel - 1})
          for (const int64_t op : {int64_t{0}, stride - 1}) axes.push_back({in, kernel, stride, 1, begin, end, op});
      }
    }
  }
  const char* const options[] = {"", "bias", "residual", "scale bias prelu inplace", "t3", "bias relu residual t2"};
  size_t i = 0;
  for (const Axis& a : axes) {
    if (a.kernel % a.stride != 0 || a.stride == 1 || a.dilation != 1) continue;
    Problem p = parse_problem(std::string("d1 ic1 oc1 ih1 k1 ") + options[i % 6]);
    p.batch = i % 4 == 0 ? 3 : 1;
    p.in_channels = i % 5 == 0 ? 70 : 3;
    p.out_channels = i % 3 == 0 ? 2 : 1;
    set_axis(&p, 0, a);
    p.dst_layout = p.out_channels > 1 || i % 2 == 0 ? DECONV_CHANNELS_LAST : DECONV_CHANNELS_FIRST;
    p.src_layout = i / 2 % 2 == 0 ? DECONV_CHANNELS_LAST : DECONV_CHANNELS_FIRST;
    ++i;
    if (legal(p) && !session().run(p)) return;
  }
}

// Every axis meets every other place in the list: a stride coprime to its length walks it in a different order.
TEST_CASE("edges: two axes") {
  const auto axes = enumerate_axes();
  const size_t step = session().full ? 1 : 2;
  for (size_t i = 0; i < axes.size(); i += step) {
    Problem p = with_channels(2, i % 4 == 0 ? 3 : 1, 3, i % 2 == 0 ? 4 : 9);
    p.bias = i % 3 == 0;
    set_axis(&p, 0, axes[i]);
    set_axis(&p, 1, axes[(i * 1009 + 17) % axes.size()]);
    p.src_layout = p.dst_layout = i / step % 2 == 0 ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST;
    if (legal(p) && !session().run(p)) return;
  }
}

TEST_CASE("edges: three axes") {
  const auto axes = enumerate_axes();
  const size_t step = session().full ? 2 : 6;
  for (size_t i = 0; i < axes.size(); i += step) {
    Problem p = with_channels(3, 1, 2, 3);
    p.bias = i % 2 == 0;
    set_axis(&p, 0, axes[(i * 31 + 5) % axes.size()]);
    set_axis(&p, 1, axes[(i * 1009 + 17) % axes.size()]);
    set_axis(&p, 2, axes[i]);
    p.src_layout = p.dst_layout = i / step % 2 == 0 ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST;
    if (legal(p) && !session().run(p)) return;
  }
}

// Groups of one input channel, whose lanes run along rows, over channels, or over whatever one pixel makes: by layout, stride and channels.
TEST_CASE("edges: depthwise") {
  const auto axes = enumerate_axes();
  const size_t step = session().full ? 1 : 3;
  for (size_t i = 0; i < axes.size(); i += step) {
    const int64_t channels = i % 5 == 0 ? 17 : i % 5 == 1 ? 16 : 1 + static_cast<int64_t>(i % 5);
    Problem p = with_channels(1 + static_cast<int>(i % 2), i % 4 == 0 ? 2 : 1, channels, i % 7 == 0 ? 2 * channels : channels);
    p.groups = channels;
    p.bias = i % 3 == 0;
    set_axis(&p, p.rank - 1, axes[i]);
    if (p.rank == 2) set_axis(&p, 0, axes[(i * 1009 + 17) % axes.size()]);
    if (legal(p) && !session().run_layouts(p)) return;
  }
}

TEST_CASE("edges: named geometry") {
  for (const char* text :
       {"d2 n1 g1 ic3 oc5 ih4x4 k2x2 s3x3 bias",                   // kernel < stride: phases without taps
        "d2 n1 g1 ic3 oc5 ih3x4 k3x3 s4x2 d2x2 bias relu",         // gcd(S, D) > 1
        "d2 n1 g1 ic3 oc5 ih4x5 k2x2 s1x1 pb2x3 pe1x1 bias",       // pads beyond the taps' reach
        "d2 n1 g1 ic3 oc5 ih2x2 k1x1 s2x2 op1x1 bias",             // outputs reached by no tap
        "d2 n1 g1 ic3 oc5 ih2x2 k1x1 s1x1 d5x5 op4x4 bias scale",  // more of them through dilation
        "d2 n1 g1 ic3 oc5 ih4x20 k1x2 s3x2 scale bias prelu",      // whole rows of them
        "d3 n2 g1 ic300 oc7 ih2x3x5 k1x1x1 s2x2x2 op1x1x1 bias sigmoid", "d2 n1 g2 ic4 oc6 ih3x9 k1x1 s2x2 op1x0 bias residual relu",
        "d2 n1 g1 ic3 oc5 ih4x40 k1x1 s1x1 pe0x5 relu",  // pointwise, rows cropped
        "d2 n1 g1 ic32 oc128 ih7x7 k3x3 s2x2 pe5x5",     // a cropped corner
        "d1 n1 g1 ic9 oc1 ih5 k64 s16", "d1 n1 g1 ic9 oc2 ih6 k5 s64 op63 bias", "d2 n3 g1 ic17 oc19 ih1x1 k4x4 s1x1",
        "d2 n5 g1 ic17 oc19 ih1x1 k1x1 s1x1", "d3 n2 g1 ic8 oc8 ih2x2x2 k2x2x2 s2x2x2",
        "d2 n1 g1 ic4 oc4 ih64x1 k3x1 s2x1 pb1x0 pe1x0 op1x0", "d2 n1 g1 ic4 oc4 ih1x97 k1x3 s1x2 pb0x1 pe0x1 op0x1"}) {
    if (!session().run_layouts(parse_problem(text))) return;
  }
}

// Outputs beyond a core's caches, which may be stored past them; whole lines, partial lines, groups, with and without an activation.
TEST_CASE("edges: large outputs") {
  for (const char* text :
       {"d2 n1 g1 ic3 oc16 ih130x128 k2x2 s2x2 bias", "d2 n1 g2 ic4 oc32 ih96x96 k3x3 s2x2 pb1x1 pe1x1 op1x1 bias residual relu",
        "d2 n1 g1 ic2 oc20 ih128x128 k2x2 s2x2 relu",
        // inputs of 1 MiB and more, of which the next box may be fetched ahead: boxes of rows, squares, planes
        "d2 n1 g1 ic64 oc18 ih70x66 k2x2 s2x2 bias", "d2 n2 g1 ic64 oc20 ih49x50 k3x3 s1x1 pb1x1 pe1x1 t2",
        "d3 n2 g1 ic16 oc16 ih5x41x50 k3x2x2 s1x2x2 bias",
        // channels first: one to four phases of a row in whole lines, cut above, with boxes cut inside of rows, and rows of partial lines
        "d2 n1 g1 ic2 oc5 ih230x912 k1x3 s1x1 pe0x2", "d2 n1 g1 ic3 oc20 ih90x64 k3x3 s3x3 relu",
        "d2 n2 g1 ic2 oc9 ih64x128 k4x4 s4x4 pb2x0 bias residual", "d1 n1 g2 ic4 oc6 ih90008 k2 s2 scale bias prelu t2",
        "d2 n1 g1 ic3 oc20 ih104x130 k2x2 s2x2",
        // depthwise stores past the caches from 16 MiB on: rows of whole lines, and of others
        "d2 n1 g16 ic16 oc16 ih256x272 k4x4 s2x2 pb1x1 pe1x1 t2", "d2 n1 g17 ic17 oc17 ih256x273 k4x4 s2x2 pb1x1 pe1x1",
        "d2 n1 g4 ic4 oc4 ih64x65 k32x32 s16x16"}) {
    // A page's first byte, which begins a line, and one inside of a line.
    if (!session().run_layouts(parse_problem(text), {{false, 0}, {false, sizeof(float)}})) return;
  }
}

// Inputs in several boxes, of which one may be copied while another is multiplied: borders on every side, pieces of channels, images,
// groups, blocks of output channels, wide borders, boxes without inputs.
TEST_CASE("edges: many boxes") {
  for (const char* text :
       {"d2 n1 g1 ic64 oc3 ih41x40 k4x4 s2x2 pb1x1 pe1x1 bias", "d2 n2 g1 ic130 oc12 ih33x50 k3x3 s1x1 pb1x1 pe1x1 relu",
        "d3 n1 g1 ic40 oc1 ih9x14x15 k4x4x4 s2x2x2 pb1x1x1 pe1x1x1 t2", "d1 n3 g2 ic128 oc4 ih3000 k9 s4 pb2 pe3 bias t2",
        "d2 n1 g1 ic64 oc40 ih40x48 k3x3 s2x2 pb1x1 pe1x1 op1x1 bias t2", "d1 n1 g1 ic64 oc2 ih3000 k40 s2",
        "d2 n1 g1 ic64 oc3 ih80x64 k4x4 s2x2 pb1x1 pe1x1", "d2 n1 g1 ic64 oc2 ih12x60 k2x3 s1x1 d60x1",
        "d2 n1 g1 ic65 oc17 ih32x64 k4x4 s4x4 pb1x2 pe2x1"}) {
    if (!session().run_layouts(parse_problem(text))) return;
    if (!session().run(parse_problem(text), Fill::kReal)) return;
  }
}

// More weights than a cache holds, which may be multiplied in slices of taps and channels.
TEST_CASE("edges: many input channels") {
  for (const char* text : {"d2 n1 g1 ic1600 oc40 ih8x9 k3x3 s2x2 pb1x1 pe1x1 bias", "d1 n2 g1 ic2100 oc48 ih20 k2 s1 bias relu",
                           "d2 n20 g1 ic700 oc33 ih1x2 k5x5 s2x2 residual"}) {
    if (!session().run_layouts(parse_problem(text))) return;
    if (!session().run(parse_problem(text), Fill::kReal)) return;
  }
}

}  // namespace
}  // namespace deconv_test
