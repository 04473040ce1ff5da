// SPDX-License-Identifier: Apache-2.0
// SIMD direct kernels on Google Highway: one list of algorithms, every instruction set that Highway generates.
#pragma once

#include "core/backend.h"

namespace deconv {

const Backend& highway_backend();

}  // namespace deconv
