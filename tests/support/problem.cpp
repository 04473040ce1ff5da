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
  for (int axis = 0; axis < DECONV_MAX_RANK; ++axis) {
    const int64_t full = (g.in[axis] - 1) * g.stride[axis] + g.dilation[axis] * (g.kernel[axis] - 1) + 1;
    g.out[axis] = full - g.pad_begin[axis] - g.pad_end[axis] + g.output_padding[axis];
  }
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
  return true;
}

}  // namespace deconv_test
