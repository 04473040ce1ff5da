// SPDX-License-Identifier: Apache-2.0
// overlap_add (scatter): columns = src x weights for all taps and output channels at once, added into output rows that stay in cache.
//   M = input pixels    N = taps x output channels    K = input channels
// Lanes run over taps x output channels, so one output channel (luma, masks, iSTFT) fills them as well as 48 do.
#pragma once

#include "highway/algorithm.h"

namespace deconv {

const Algorithm& overlap_add();

}  // namespace deconv
