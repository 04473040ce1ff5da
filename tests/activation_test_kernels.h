// SPDX-License-Identifier: Apache-2.0
// The highway backend's activation, callable on one instruction set.
#pragma once

#include <cstddef>
#include <string>

#include "core/parameters.h"

namespace deconv_test {

// How many values a kernel hands over at once. Their results must not differ.
enum class Width { kWhole, kFour, kOne };

// Activates `count` values in place; a last vector that is not full is padded. Returns the instruction set that ran.
std::string activate_on(const std::string& isa, Width width, const deconv::Epilogue& epilogue, float slope, float* values, size_t count);

}  // namespace deconv_test
