// SPDX-License-Identifier: Apache-2.0
// The epilogue as a pass over what a primitive left in dst, for an implementation that would apply it too early (limits.h).
#pragma once

#include <cstdint>

#include "core/parallel.h"
#include "core/parameters.h"

namespace deconv {

// dst = activation(dst + bias), channels last, `pixels` over the whole batch; the scale is in the weights already. A residual is not
// added: it may be dst, which the primitive has overwritten.
void finish(const Parameters& params, const float* bias, const float* slopes, int64_t pixels, float* dst,
            const Parallel& parallel) noexcept;

}  // namespace deconv
