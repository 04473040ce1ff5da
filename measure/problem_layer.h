// SPDX-License-Identifier: Apache-2.0
// Layers as problem strings and back: "d2 n1 g2 ic16 oc32 ih7x5 k4x4 s2x2 pb1x1 pe1x1 bias relu" (tests/support/problem.h).
#pragma once

#include <string>

#include "layer.h"
#include "support/problem.h"

namespace deconv::bench {

// Throws std::runtime_error in the library's words where no backend could run it, or where its tensors have more than 2^40 elements.
Layer to_layer(const deconv_test::Problem& problem, const std::string& name);

deconv_test::Problem to_problem(const Layer& layer, Layouts layouts, int threads);

}  // namespace deconv::bench
