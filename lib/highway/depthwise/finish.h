// SPDX-License-Identifier: Apache-2.0
// What depthwise does to a sum before it is stored.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// What happens to a sum of the unit's channel c: entry c of each vector, null where absent.
struct DepthwiseFinish {
  const float* scale;
  const float* bias;
  const float* slopes;
  const Epilogue* epilogue;
};

}  // namespace deconv
