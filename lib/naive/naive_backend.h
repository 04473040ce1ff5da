// SPDX-License-Identifier: Apache-2.0
// The definition that a reader can check: plain loops, every feature.
#pragma once

#include "core/backend.h"

namespace deconv {

const Backend& naive_backend();

}  // namespace deconv
