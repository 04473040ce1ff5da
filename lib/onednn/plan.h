// SPDX-License-Identifier: Apache-2.0
// One primitive of oneDNN for one shape.
#pragma once

#include "onednn/operator.h"

namespace deconv {

// Throws Error(DECONV_UNSUPPORTED) where oneDNN, or limits.h, refuses the shape. The plan refers to the operator.
std::unique_ptr<Plan> make_onednn_plan(const OnednnOperator& op, const Shape& shape);

}  // namespace deconv
