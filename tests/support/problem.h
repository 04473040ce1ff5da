// SPDX-License-Identifier: Apache-2.0
// A problem is a layer, its input shape and its thread count as one line of text: the case table, the repro line and the benchmark
// name at once. `d2 n1 g2 ic16 oc32 ih7x5 k4x4 s2x2 d1x1 pb1x1 pe1x1 op0x0 bias relu`
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "deconv/deconv.h"

namespace deconv_test {

using Axes = std::array<int64_t, DECONV_MAX_RANK>;

// Axis arrays are those of the public API: the first `rank` entries are used, outermost axis first.
struct Problem {
  int rank = 2;
  int64_t batch = 1, groups = 1, in_channels = 0, out_channels = 0;
  Axes in{0, 0, 0}, kernel{0, 0, 0}, stride{1, 1, 1}, dilation{1, 1, 1};
  Axes pad_begin{0, 0, 0}, pad_end{0, 0, 0}, output_padding{0, 0, 0};
  deconv_layout src_layout = DECONV_CHANNELS_FIRST, dst_layout = DECONV_CHANNELS_FIRST;
  deconv_weights_layout weights_layout = DECONV_WEIGHTS_IO;
  deconv_weights_form weights_form = DECONV_FORM_TRANSPOSED;
  bool bias = false, scale = false, residual = false;
  bool inplace = false;  // the residual is dst itself; implies residual
  deconv_activation activation = DECONV_ACTIVATION_NONE;
  float alpha = 0.0f, clamp_min = 0.0f, clamp_max = 0.0f;
  bool strict = false;
  int threads = 1;
};

// The same geometry on three axes, missing outer ones filled with 1 (extents, kernel, stride, dilation) and 0 (pads), and the output
// extents by the formula of deconv.h. `out` may be <= 0: not every problem is legal.
struct Geometry {
  Axes in, kernel, stride, dilation, pad_begin, pad_end, output_padding, out;

  int64_t in_spatial() const { return in[0] * in[1] * in[2]; }
  int64_t out_spatial() const { return out[0] * out[1] * out[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
};
Geometry geometry(const Problem& problem);

// Whether the library must accept it: extents positive, channels divisible, output padding within its limit, output not empty.
bool legal(const Problem& problem);

// Words in any order after the first, which is d<rank>; n g s d pb pe op may be missing; ic oc ih k may not. Options: bias scale residual
// inplace strict t<threads> layout:nchw|nhwc src:.. dst:.. w:io|oi|hwoi|ohwi form:transposed|correlation relu leaky:A prelu
// clamp:MIN,MAX sigmoid tanh gelu gelu_tanh silu hardswish elu:A. Throws std::invalid_argument naming the bad word.
Problem parse_problem(const std::string& text);

// The canonical text: all geometry words, then the options that differ from their defaults.
std::string format_problem(const Problem& problem);

}  // namespace deconv_test
