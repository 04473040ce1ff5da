// SPDX-License-Identifier: Apache-2.0
// A transform of several axes is one of each axis after the other, on a block of vectors of channels.
#pragma once

#include <cstdint>

#include "highway/toom_cook/toom_cook_kernels.h"

namespace deconv {

// A block of vectors: extents and distances in floats, by axis.
struct ToomBlock {
  const float* first;
  int extent[3];
  int64_t step[3];
};

// Where one axis' transform writes. Axis `a` of the block becomes `outputs` long.
struct ToomTarget {
  float* first;
  int64_t step[3];
};

// Distances in a dense block of entries of `width` floats.
inline ToomTarget dense_target(float* first, const ToomBlock& from, int a, int outputs, int64_t width) {
  const int64_t w = a == 2 ? outputs : from.extent[2], h = a == 1 ? outputs : from.extent[1];
  return {first, {h * w * width, w * width, width}};
}

// matrix: [outputs][extent of axis a]. `floats` channels of every entry.
inline ToomBlock transform_axis(const ToomCookKernels& kernels, const ToomBlock& from, int a, const float* matrix, int outputs,
                                const ToomTarget& to, int64_t floats) {
  const int outer = a == 0 ? 1 : 0, line = a == 2 ? 1 : 2;
  ToomLinesArgs args;
  args.matrix = matrix;
  args.inputs = from.extent[a];
  args.outputs = outputs;
  args.lines = from.extent[line];
  args.floats = floats;
  args.src_step = from.step[a];
  args.src_line = from.step[line];
  args.dst_step = to.step[a];
  args.dst_line = to.step[line];
  for (int64_t i = 0; i < from.extent[outer]; ++i) {
    args.src = from.first + i * from.step[outer];
    args.dst = to.first + i * to.step[outer];
    kernels.lines(args);
  }
  ToomBlock result = from;
  result.first = to.first;
  result.extent[a] = outputs;
  for (int axis = 0; axis < 3; ++axis) result.step[axis] = to.step[axis];
  return result;
}

}  // namespace deconv
