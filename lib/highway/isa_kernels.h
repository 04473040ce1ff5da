// SPDX-License-Identifier: Apache-2.0
// Highway's targets as sets of bits; a lower bit is a better target.
#pragma once

#include <cstdint>
#include <string>

namespace deconv {

// The targets that this CPU runs, this library holds and `max_isa` ("": no cap) allows. 0: the cap leaves none.
// Throws Error(DECONV_INVALID_ARGUMENT) for a name that no build knows.
int64_t allowed_targets(const std::string& max_isa);

// Name of the best target of a set: "AVX3".
const char* best_target_name(int64_t targets);

}  // namespace deconv
