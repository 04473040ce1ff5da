// SPDX-License-Identifier: Apache-2.0
#include "core/output_extent.h"

#include <algorithm>

#include "core/checked.h"

namespace deconv {
namespace {

int64_t dilated_kernel(const Parameters& p, int a) { return p.dilation[a] * (p.kernel[a] - 1) + 1; }

int64_t full_extent(const Parameters& p, int a, int64_t in) {
  const int64_t reach = checked_mul(in - 1, p.stride[a], "(in - 1) * stride");
  return checked_add(reach, dilated_kernel(p, a), "the full output extent");
}

// Splits `total` elements between the two ends; the odd one goes to the end for SAME_UPPER, to the beginning otherwise.
void split(int64_t total, deconv_padding_mode mode, int64_t* begin, int64_t* end) {
  const int64_t smaller = total / 2;
  *begin = mode == DECONV_PADDING_SAME_UPPER ? smaller : total - smaller;
  *end = total - *begin;
}

// A negative total is missing output: legal only as output padding.
void remove_elements(const Parameters& p, int a, int64_t total, deconv_padding_mode mode, Padding* padding) {
  if (total >= 0) {
    split(total, mode, &padding->begin[a], &padding->end[a]);
    return;
  }
  const int64_t limit = std::max(p.stride[a], p.dilation[a]);
  const int64_t output = checked_add(padding->output[a], -total, "output padding");
  if (output >= limit) {
    throw Error(DECONV_INVALID_ARGUMENT,
                "output_shape needs output padding %lld on axis %d: it must be smaller than the larger of stride and dilation, %lld",
                static_cast<long long>(output), a - (3 - p.rank), static_cast<long long>(limit));
  }
  padding->begin[a] = padding->end[a] = 0;
  padding->output[a] = output;
}

void pads_for_shape(const Parameters& p, int a, int64_t in, int64_t want, deconv_padding_mode mode, Padding* padding) {
  const int axis = a - (3 - p.rank);
  if (in < 1) throw Error(DECONV_INVALID_ARGUMENT, "in[%d] = %lld must be at least 1", axis, static_cast<long long>(in));
  if (want < 1) throw Error(DECONV_INVALID_ARGUMENT, "output_shape[%d] = %lld must be at least 1", axis, static_cast<long long>(want));
  const int64_t reach = checked_add(full_extent(p, a, in), padding->output[a], "the full output extent");
  remove_elements(p, a, reach - want, mode, padding);
}

}  // namespace

Axes full_extents(const Parameters& params, const Axes& in) {
  Axes full{};
  for (int a = 0; a < 3; ++a) full[a] = full_extent(params, a, in[a]);
  return full;
}

Axes output_extents(const Parameters& params, const Axes& in, const Padding& padding) {
  Axes out = full_extents(params, in);
  for (int a = 0; a < 3; ++a) {
    const int64_t full = out[a];
    const int64_t removed = checked_add(padding.begin[a], padding.end[a], "pad_begin + pad_end");
    out[a] = checked_add(full - removed, padding.output[a], "the output extent");
    if (out[a] < 1) {
      throw Error(DECONV_INVALID_ARGUMENT, "out[%d] = %lld is empty: full extent %lld - pads %lld and %lld + output padding %lld",
                  a - (3 - params.rank), static_cast<long long>(out[a]), static_cast<long long>(full),
                  static_cast<long long>(padding.begin[a]), static_cast<long long>(padding.end[a]),
                  static_cast<long long>(padding.output[a]));
    }
  }
  return out;
}

Padding resolve_padding(const Parameters& params, const int64_t* in, deconv_padding_mode mode, const int64_t* output_shape) {
  if (output_shape != nullptr && in == nullptr) throw Error(DECONV_INVALID_ARGUMENT, "in is NULL: output_shape needs input extents");
  Padding padding = params.padding;
  if (output_shape == nullptr && mode == DECONV_PADDING_EXPLICIT) return padding;
  for (int a = 3 - params.rank; a < 3; ++a) {
    const int axis = a - (3 - params.rank);
    if (output_shape != nullptr) {
      pads_for_shape(params, a, in[axis], output_shape[axis], mode, &padding);
    } else if (mode == DECONV_PADDING_VALID) {
      padding.begin[a] = padding.end[a] = 0;
    } else {
      // O = I*S for every I: the total does not depend on the extent, and K < S is made up by output padding.
      padding.output[a] = 0;
      remove_elements(params, a, dilated_kernel(params, a) - params.stride[a], mode, &padding);
    }
  }
  return padding;
}

}  // namespace deconv
