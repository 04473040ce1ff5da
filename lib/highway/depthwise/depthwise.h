// SPDX-License-Identifier: Apache-2.0
// depthwise: every group has one input channel. No sum over channels fills the lanes, so they run over what lies side by side in dst:
//   channels last                 the channels of a pixel, or of the S neighbouring pixels that one step of src makes
//   channels first, S_w up to 15  the pixels of a row, one vector for each phase, interleaved as they are stored
//   channels first, S_w above 15  the S_w neighbouring pixels that one pixel of src makes
// dst is written once, in order; the speed is that of the memory or, from L2, of one multiply-add for each tap.
#pragma once

#include "highway/algorithm.h"

namespace deconv {

const Algorithm& depthwise();

}  // namespace deconv
