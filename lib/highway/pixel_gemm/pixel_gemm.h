// SPDX-License-Identifier: Apache-2.0
// pixel_gemm (gather): phase_gemm with its roles swapped. Lanes run over neighbouring pixels of src, weights are broadcast.
//   M = phases x output channels    N = pixels, all phases at once    K = taps x input channels
// One output channel fills the lanes as well as 512 do, and channels-first rows are vectors as they stand in memory.
#pragma once

#include "highway/algorithm.h"

namespace deconv {

const Algorithm& pixel_gemm();

}  // namespace deconv
