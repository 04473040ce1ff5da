// SPDX-License-Identifier: Apache-2.0
#include "support/problem.h"

#include <algorithm>

namespace deconv_test {
namespace {

// The public arrays start with the outermost used axis; here the innermost is always last.
Axes right_aligned(const Axes& values, int rank, int64_t missing) {
  Axes result{missing, missing, missing};
  for (int axis = 0; axis < rank; ++axis) result[DECONV_MAX_RANK - rank + axis] = values[axis];
  return result;
}

// O of deconv.h; 0 where 64 bits do not hold it.
int64_t out_extent(const Geometry& g, int a) {
  int64_t inputs = 0, taps = 0, reach = 0, dilated = 0, out = 0;
  const bool overflows = __builtin_sub_overflow(g.in[a], 1, &inputs) || __builtin_mul_overflow(inputs, g.stride[a], &reach) ||
                         __builtin_sub_overflow(g.kernel[a], 1, &taps) || __builtin_mul_overflow(taps, g.dilation[a], &dilated) ||
                         __builtin_add_overflow(reach, dilated, &out) || __builtin_add_overflow(out, 1, &out) ||
                         __builtin_sub_overflow(out, g.pad_begin[a], &out) || __builtin_sub_overflow(out, g.pad_end[a], &out) ||
                         __builtin_add_overflow(out, g.output_padding[a], &out);
  return overflows ? 0 : out;
}

// deconv.h: no position on an axis lies more than 2^55 elements from its tensor's beginning.
bool within_reach(const Problem& p, const Geometry& g) {
  double src_step = static_cast<double>(p.in_channels), dst_step = static_cast<double>(p.out_channels);
  for (int a = DECONV_MAX_RANK - 1; a >= DECONV_MAX_RANK - p.rank; --a) {
    const double positions = static_cast<double>(g.out[a]) + static_cast<double>(g.pad_begin[a]) + static_cast<double>(g.pad_end[a]);
    if (positions * std::max(src_step, dst_step) > 0x1p55) return false;
    src_step *= static_cast<double>(g.in[a]);
    dst_step *= static_cast<double>(g.out[a]);
  }
  return true;
}

}  // namespace

Geometry geometry(const Problem& p) {
  Geometry g;
  g.in = right_aligned(p.in, p.rank, 1);
  g.kernel = right_aligned(p.kernel, p.rank, 1);
  g.stride = right_aligned(p.stride, p.rank, 1);
  g.dilation = right_aligned(p.dilation, p.rank, 1);
  g.pad_begin = right_aligned(p.pad_begin, p.rank, 0);
  g.pad_end = right_aligned(p.pad_end, p.rank, 0);
  g.output_padding = right_aligned(p.output_padding, p.rank, 0);
  for (int axis = 0; axis < DECONV_MAX_RANK; ++axis) g.out[axis] = out_extent(g, axis);
  return g;
}

bool legal(const Problem& p) {
  if (p.batch < 1 || p.groups < 1 || p.in_channels < 1 || p.out_channels < 1) return false;
  if (p.in_channels % p.groups != 0 || p.out_channels % p.groups != 0) return false;
  const Geometry g = geometry(p);
  for (int axis = 0; axis < DECONV_MAX_RANK; ++axis) {
    if (g.in[axis] < 1 || g.kernel[axis] < 1 || g.stride[axis] < 1 || g.dilation[axis] < 1 || g.out[axis] < 1) return false;
    if (g.pad_begin[axis] < 0 || g.pad_end[axis] < 0 || g.output_padding[axis] < 0) return false;
    const int64_t limit = axis < DECONV_MAX_RANK - p.rank ? 1 : std::max(g.stride[axis], g.dilation[axis]);
    if (g.output_padding[axis] >= limit) return false;
  }
  return within_reach(p, g);
}

}  // namespace deconv_test
