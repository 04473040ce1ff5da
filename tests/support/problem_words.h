// SPDX-License-Identifier: Apache-2.0
// The option words of a problem string, shared by its parser and its formatter.
#pragma once

#include "deconv/deconv.h"

namespace deconv_test {

struct ActivationWord {
  const char* word;
  deconv_activation activation;
  int numbers;  // how many follow the colon: alpha, or clamp's two bounds
};
constexpr ActivationWord kActivationWords[] = {
    {"relu", DECONV_ACTIVATION_RELU, 0},       {"leaky", DECONV_ACTIVATION_LEAKY_RELU, 1},
    {"prelu", DECONV_ACTIVATION_PRELU, 0},     {"clamp", DECONV_ACTIVATION_CLAMP, 2},
    {"sigmoid", DECONV_ACTIVATION_SIGMOID, 0}, {"tanh", DECONV_ACTIVATION_TANH, 0},
    {"gelu", DECONV_ACTIVATION_GELU_ERF, 0},   {"gelu_tanh", DECONV_ACTIVATION_GELU_TANH, 0},
    {"silu", DECONV_ACTIVATION_SILU, 0},       {"hardswish", DECONV_ACTIVATION_HARDSWISH, 0},
    {"elu", DECONV_ACTIVATION_ELU, 1},
};

struct WeightsWord {
  const char* word;
  deconv_weights_layout layout;
};
constexpr WeightsWord kWeightsWords[] = {
    {"io", DECONV_WEIGHTS_IO}, {"oi", DECONV_WEIGHTS_OI}, {"hwoi", DECONV_WEIGHTS_SPATIAL_OI}, {"ohwi", DECONV_WEIGHTS_O_SPATIAL_I}};

}  // namespace deconv_test
