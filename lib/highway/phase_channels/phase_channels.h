// SPDX-License-Identifier: Apache-2.0
// Phases as output channels of a layer without a stride: one output channel and long strides, such as inverse STFTs.
#pragma once

#include "highway/algorithm.h"

namespace deconv {

const Algorithm& phase_channels();

}  // namespace deconv
