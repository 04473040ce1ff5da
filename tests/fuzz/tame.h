// SPDX-License-Identifier: Apache-2.0
// A fuzzer's calls are refused nearly all: one field out of its range is enough. A tamed call has every field brought into range, so that
// the layer is computed and compared.
#pragma once

#include "fuzz/call.h"

namespace deconv_fuzz {

// Most elements of src and of dst; of the weights; most products of inputs and taps, inside dst or not.
struct Limits {
  int64_t elements, weights, products;
};

// A legal call within `limits`. Fields that are in range stay as they are, as far as the limits and each other allow. Where the second bit
// of `tame` is set, one axis has the stride, dilation and pads of before all the same, as far as positions may go.
Call tamed(const Call& call, const Limits& limits);

}  // namespace deconv_fuzz
