// SPDX-License-Identifier: Apache-2.0
// Instruction sets by name. The implementation asks Highway (lib/highway/isa_kernels.cpp); the core only passes names on.
#pragma once

#include <string>
#include <vector>

#include "core/backend.h"

namespace deconv {

// What this CPU runs and this library holds, best first.
const std::vector<const char*>& isa_names();

// Whether `name` ("" allowed: no cap) is a cap that leaves a target. Throws Error(DECONV_INVALID_ARGUMENT) for an unknown name.
Support check_isa(const std::string& name);

}  // namespace deconv
