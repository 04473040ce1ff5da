// SPDX-License-Identifier: Apache-2.0
// phase_gemm (gather): every phase of the stride is a dense stride-1 problem, computed as a GEMM over register tiles.
//   M = the phase's pixels, batch and rows merged    N = output channels    K = the phase's taps x input channels
// Nothing is multiplied by inserted zeros and every output is written once.
#pragma once

#include "highway/algorithm.h"

namespace deconv {

const Algorithm& phase_gemm();

}  // namespace deconv
