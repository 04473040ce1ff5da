// SPDX-License-Identifier: Apache-2.0
// A layer and a shape as oneDNN's memory descriptors: its true rank, dilation from 0, weights in (g)oihw.
#pragma once

#include <vector>

#include "core/parameters.h"
#include "onednn/onednn_shim.h"

namespace deconv {

// Formats of the weights to ask for, in order. oneDNN's own choice (any) first unless slow. An implementation that is refused (limits.h)
// hides the others, which oneDNN 3.2.0 does not list behind it: a weights format that it cannot read brings them out.
std::vector<dnnl::memory::desc> weights_formats(const Parameters& params, const Shape& shape);

Descriptors make_descriptors(const Parameters& params, const Shape& shape, const dnnl::memory::desc& weights);

// [groups][out channels per group][in channels per group][kernel], dense: what pack_plain fills.
dnnl::memory::desc plain_weights(const Parameters& params);

dnnl::memory::desc channel_vector(const Parameters& params);

// A shape to ask oneDNN about at create: what the caller expects where that is known, else 8 elements per axis, which is enough for
// an implementation to be chosen and small enough never to be refused for its size.
Shape representative_shape(const Parameters& params);

}  // namespace deconv
