// SPDX-License-Identifier: Apache-2.0
// A layer and a shape as oneDNN's memory descriptors: its true rank, dilation from 0, weights in (g)oihw.
#pragma once

#include "core/parameters.h"
#include "onednn/onednn_shim.h"

namespace deconv {

// Weights are left to oneDNN's choice (format any).
Descriptors make_descriptors(const Parameters& params, const Shape& shape);

// [groups][out channels per group][in channels per group][kernel], dense: what pack_plain fills.
dnnl::memory::desc plain_weights(const Parameters& params);

dnnl::memory::desc channel_vector(const Parameters& params);

// A shape to ask oneDNN about at create: what the caller expects where that is known, else 8 elements per axis, which is enough for
// an implementation to be chosen and small enough never to be refused for its size.
Shape representative_shape(const Parameters& params);

}  // namespace deconv
