// SPDX-License-Identifier: Apache-2.0
// toom_cook: m outputs of a phase of r taps from m + r - 1 products, on each axis. Inputs, weights and sums are transformed; the products
// are GEMMs, one for each point. Fewer multiplications than the layer has, at the price of larger rounding errors (docs/accuracy.md).
#pragma once

#include "highway/algorithm.h"

namespace deconv {

const Algorithm& toom_cook();

}  // namespace deconv
