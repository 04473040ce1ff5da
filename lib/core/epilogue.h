// SPDX-License-Identifier: Apache-2.0
// The definition of the epilogue: one element, plain C++. Vector versions in kernels are checked against it.
#pragma once

#include "core/parameters.h"

namespace deconv {

// Plain activation of one value; `slope` is the channel's prelu slope.
float activate(const Epilogue& epilogue, float x, float slope) noexcept;

// activation(scale * sum + bias + residual), each step rounded to float; absent parts are skipped, not multiplied by one.
float apply_epilogue(const Epilogue& epilogue, float sum, float scale, float bias, float residual, float slope) noexcept;

}  // namespace deconv
