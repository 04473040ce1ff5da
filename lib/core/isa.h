// SPDX-License-Identifier: Apache-2.0
// Instruction sets by name. The implementation asks Highway (lib/highway/isa_kernels.cpp); the core only passes names on.
#pragma once

#include <string>
#include <vector>

#include "core/backend.h"

namespace deconv {

// What this CPU runs and this library holds, best first.
const std::vector<const char*>& isa_names();

// Throws Error(DECONV_INVALID_ARGUMENT) unless some target of Highway, on whatever CPU, has the name, or it is "".
void require_isa_name(const std::string& name);

// Whether `name` ("" allowed: no cap) is a cap that leaves a target. Throws Error(DECONV_INVALID_ARGUMENT) for an unknown name.
Support check_isa(const std::string& name);

}  // namespace deconv
