// SPDX-License-Identifier: Apache-2.0
// Weights on their way into the points of every phase, once, when an operator is created.
#pragma once

#include <vector>

#include "core/parameters.h"
#include "highway/tile/panels.h"
#include "highway/toom_cook/axes.h"

namespace deconv {

// packed: [group][panel][phase][point][input channel][panel pitch]. Transformed in double and rounded once. On as many threads as packing.
void transform_weights(const Parameters& params, const ToomAxes& axes, const std::vector<Panel>& panels, float* packed);

}  // namespace deconv
