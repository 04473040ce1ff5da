// SPDX-License-Identifier: Apache-2.0
// The definition of transposed convolution as a loop: every (input position, tap) pair whose output lies inside dst.
#pragma once

#include <cstdint>

#include "support/problem.h"

namespace deconv_test {

// f(input index, tap index, output index), all flat over the three axes.
template <class F>
void for_each_product(const Geometry& g, const F& f) {
  const auto target = [&](int axis, int64_t i, int64_t t) { return i * g.stride[axis] + t * g.dilation[axis] - g.pad_begin[axis]; };
  const auto inside = [&](int axis, int64_t o) { return o >= 0 && o < g.out[axis]; };
  for (int64_t id = 0; id < g.in[0]; ++id) {
    for (int64_t td = 0; td < g.kernel[0]; ++td) {
      const int64_t od = target(0, id, td);
      if (!inside(0, od)) continue;
      for (int64_t ih = 0; ih < g.in[1]; ++ih) {
        for (int64_t th = 0; th < g.kernel[1]; ++th) {
          const int64_t oh = target(1, ih, th);
          if (!inside(1, oh)) continue;
          for (int64_t iw = 0; iw < g.in[2]; ++iw) {
            for (int64_t tw = 0; tw < g.kernel[2]; ++tw) {
              const int64_t ow = target(2, iw, tw);
              if (!inside(2, ow)) continue;
              f((id * g.in[1] + ih) * g.in[2] + iw, (td * g.kernel[1] + th) * g.kernel[2] + tw, (od * g.out[1] + oh) * g.out[2] + ow);
            }
          }
        }
      }
    }
  }
}

}  // namespace deconv_test
