// SPDX-License-Identifier: Apache-2.0
// A layer's parameters after checking, in the form that backends read: always three spatial axes.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "deconv/deconv.h"

namespace deconv {

// Depth, height, width. A rank below 3 has extents, kernels, strides and dilations of 1 and pads of 0 on the missing
// outer axes, which is the same arithmetic: no code below the C ABI ever looks at the rank (oneDNN's shim excepted).
using Axes = std::array<int64_t, 3>;

struct Padding {
  Axes begin{}, end{}, output{};
};

// dst = activation(scale[c] * sum + bias[c] + residual)
struct Epilogue {
  bool has_bias = false;
  bool has_scale = false;
  bool has_residual = false;
  deconv_activation activation = DECONV_ACTIVATION_NONE;
  float alpha = 0.0f;
  float clamp_min = 0.0f;
  float clamp_max = 0.0f;
};

struct Parameters {
  int rank = 2;
  int64_t groups = 1;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  Axes kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  Padding padding;

  deconv_data_type src_type = DECONV_F32, weights_type = DECONV_F32, dst_type = DECONV_F32;
  deconv_layout src_layout = DECONV_CHANNELS_FIRST, dst_layout = DECONV_CHANNELS_FIRST;
  deconv_weights_layout weights_layout = DECONV_WEIGHTS_IO;
  deconv_weights_form weights_form = DECONV_FORM_TRANSPOSED;

  // The caller's memory: valid during check and create only, weights may be null during check.
  const void* weights = nullptr;
  const float* bias = nullptr;
  const float* scale = nullptr;
  const float* prelu_slopes = nullptr;

  Epilogue epilogue;
  deconv_accuracy accuracy = DECONV_ACCURACY_DEFAULT;
  std::string backend;    // "" : ranked choice. Argument or DECONV_BACKEND
  std::string algorithm;  // "" : the backend's choice
  std::string max_isa;    // "" : the CPU's best. Argument or DECONV_MAX_ISA

  int64_t expected_batch = 0;  // 0: unknown
  Axes expected_in{0, 0, 0};   // 0: unknown
  int expected_threads = 0;    // 0: unknown

  int64_t in_channels_per_group() const { return in_channels / groups; }
  int64_t out_channels_per_group() const { return out_channels / groups; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
  int64_t weights_count() const { return in_channels * out_channels_per_group() * taps(); }
};

// One input shape of an operator, checked: all products below fit int64_t and all byte counts fit size_t.
struct Shape {
  int64_t batch = 1;
  Axes in{1, 1, 1};
  Axes out{1, 1, 1};
  Padding padding;
  int threads = 1;

  int64_t in_spatial() const { return in[0] * in[1] * in[2]; }
  int64_t out_spatial() const { return out[0] * out[1] * out[2]; }
};

// Checks everything that no backend could accept and converts. Throws Error(DECONV_INVALID_ARGUMENT) naming field, value and rule.
// Reads the environment for backend and max_isa where the fields are null. weights == nullptr passes only if !need_weights.
Parameters validate(const deconv_params* params, bool need_weights);

// Checks a plan's options against the parameters and computes the output extents. Throws Error(DECONV_INVALID_ARGUMENT).
Shape validate(const Parameters& params, const deconv_plan_options* options);

// Throws Error(DECONV_INVALID_ARGUMENT) unless src and dst of these extents have byte counts that fit, and no position on an axis, inside of its
// tensor or not, lies more than 2^55 elements from the tensor's beginning: for shapes made up from expected_*, which nobody has checked, too.
void require_sizes(const Parameters& params, const Shape& shape);

// Index of a weight in the caller's memory: `ic` counts all groups, `oc` counts within ic's group, `tap` is in transposed form
// (the form is resolved here). Source of truth for the four layouts; packing code and naive both use it.
int64_t weight_index(const Parameters& params, int64_t ic, int64_t oc, const Axes& tap);

}  // namespace deconv
