// SPDX-License-Identifier: Apache-2.0
// Output extents and the frameworks' padding words.
#pragma once

#include "core/parameters.h"

namespace deconv {

// (I - 1)*S + D*(K - 1) + 1 per axis, before pads. Throws Error(DECONV_INVALID_ARGUMENT) on overflow.
Axes full_extents(const Parameters& params, const Axes& in);

// full - begin - end + output per axis. Throws Error(DECONV_INVALID_ARGUMENT) on overflow or an empty axis.
Axes output_extents(const Parameters& params, const Axes& in, const Padding& padding);

// See deconv_resolve_padding. `in` and `output_shape` (rank entries each) may be null as documented there.
Padding resolve_padding(const Parameters& params, const int64_t* in, deconv_padding_mode mode, const int64_t* output_shape);

}  // namespace deconv
