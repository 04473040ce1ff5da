// SPDX-License-Identifier: Apache-2.0
// A problem as a measurement knows it, in words: everything that decides how long a run takes, and nothing else.
#pragma once

#include <optional>
#include <string>

#include "core/parameters.h"

namespace deconv {

// "d2 n1 g1 ic512 oc256 ih32x32 k4x4 s2x2 d1x1 pb1x1 pe1x1 op0x0 f32 layout:nchw bias relu t2 isa:AVX3": the words of problem strings, with
// the instruction set and, where one was asked for, the backend. Of `shape` it reads batch, extents, pads and threads. Left out: values of
// weights and of the epilogue, and the weights' order and form, which end with packing.
std::string tuning_key(const Parameters& params, const Shape& shape);

// The shape that most runs will have: batch 1 and the default number of threads where they are not known, nothing where the extents are
// not. Its output extents are not computed.
std::optional<Shape> expected_shape(const Parameters& params);

}  // namespace deconv
