// SPDX-License-Identifier: Apache-2.0
// One layer of the zoo, and how it is told to the library.
#pragma once

#include <cstdint>
#include <string>

#include "deconv/deconv.h"

namespace deconv::bench {

// Of src and of dst. Most layers have one for both.
struct Layouts {
  deconv_layout src, dst;

  Layouts(deconv_layout both) : Layouts(both, both) {}  // not explicit: one layout says it all
  Layouts(deconv_layout of_src, deconv_layout of_dst) : src(of_src), dst(of_dst) {}
  bool operator==(const Layouts& other) const { return src == other.src && dst == other.dst; }
};

// What a layer does to its sums besides adding the bias, as in deconv_params.
struct Epilogue {
  bool scale = false, residual = false;
  bool inplace = false;  // the residual is dst itself; implies residual
  deconv_activation activation = DECONV_ACTIVATION_NONE;
  float alpha = 0, clamp_min = 0, clamp_max = 0;
};

// Axis arrays hold `rank` entries, outermost first, as in deconv_params.
struct Layer {
  std::string name;
  int rank = 2;
  int64_t batch = 1, groups = 1, in_channels = 0, out_channels = 0;
  int64_t in[DECONV_MAX_RANK]{}, out[DECONV_MAX_RANK]{};
  int64_t kernel[DECONV_MAX_RANK]{}, stride[DECONV_MAX_RANK]{}, dilation[DECONV_MAX_RANK]{};
  deconv_padding padding{};
  bool bias = false;
  Epilogue epilogue;
  deconv_weights_layout weights_layout = DECONV_WEIGHTS_IO;
  deconv_weights_form weights_form = DECONV_FORM_TRANSPOSED;
  bool strict = false;  // asks for strict accuracy, whatever the variant

  int64_t in_spatial() const;
  int64_t out_spatial() const;
  int64_t taps() const;
  int64_t src_count() const;
  int64_t weights_count() const;
  int64_t dst_count() const;
  // Products with nothing cropped, times 2: known before any plan exists.
  int64_t flops_uncropped() const;
  // 2 for each product that lands inside dst, as deconv_plan_info counts them.
  int64_t flops() const;
  // Vectors of one float for each output channel: bias, scale, slopes.
  int64_t channel_vectors() const;
  // Traffic that no implementation can avoid: inputs and weights that reach an output, channel vectors and residual read once; outputs
  // written once.
  int64_t compulsory_bytes() const;
};

// Geometry, layouts, epilogue and the expected shape; weights, channel vectors and the backend's choice are the caller's to add.
deconv_params to_params(const Layer& layer, Layouts layouts, int threads);

// "n64 512->256 4x4 k4 s2": what differs from one batch, one group, stride and dilation 1 is left out.
std::string to_text(const Layer& layer);

// Whether a terminal might obey a text rather than print it.
bool has_control_characters(const std::string& text);

// "nchw" or "nhwc" at any rank; "nhwc>nchw" where dst's differs from src's.
std::string to_text(Layouts layouts);

}  // namespace deconv::bench
