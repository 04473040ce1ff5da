// SPDX-License-Identifier: Apache-2.0
// oneDNN's deconvolution primitive: the strongest public library to compare with, and a second opinion on every result.
#pragma once

#include "core/backend.h"

namespace deconv {

const Backend& onednn_backend();

}  // namespace deconv
