// SPDX-License-Identifier: Apache-2.0
// From the canonical order (fill.h) to a problem's layouts and back.
#pragma once

#include <vector>

#include "support/problem.h"

namespace deconv_test {

// [N][C][spatial] to `layout`, and back.
void to_layout(deconv_layout layout, int64_t batch, int64_t channels, int64_t spatial, const std::vector<float>& canonical, float* result);
std::vector<float> from_layout(deconv_layout layout, int64_t batch, int64_t channels, int64_t spatial, const float* values);

// [IC][OC/G][spatial], transposed form, to the problem's weights layout and form.
std::vector<float> to_weights_layout(const Problem& problem, const std::vector<float>& canonical);

}  // namespace deconv_test
