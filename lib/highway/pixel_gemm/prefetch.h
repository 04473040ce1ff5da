// SPDX-License-Identifier: Apache-2.0
// The cache lines of a part of a tensor, in the order of memory.
#pragma once

#include "core/parameters.h"
#include "highway/pixel_gemm/pixel_kernels.h"

namespace deconv {

struct TensorPart {
  const float* tensor;
  deconv_layout layout;
  int64_t channels;  // of the tensor
  Axes extents;
  int64_t image_begin, image_end;
  int64_t channel_begin, channel_end;
  Axes begin, end;
};

PixelPrefetch lines_of(const TensorPart& part);

}  // namespace deconv
