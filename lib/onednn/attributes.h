// SPDX-License-Identifier: Apache-2.0
// The epilogue as oneDNN's post-ops: dst = activation(sum + bias + dst), the residual being in dst beforehand.
#pragma once

#include <dnnl.hpp>

#include "core/parameters.h"

namespace deconv {

// The per-channel scale is not here: it is folded into the packed weights.
dnnl::primitive_attr make_attributes(const Epilogue& epilogue);

// The execution argument that carries prelu's slopes.
int slopes_argument(const Epilogue& epilogue);

}  // namespace deconv
