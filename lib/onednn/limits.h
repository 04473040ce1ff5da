// SPDX-License-Identifier: Apache-2.0
// What oneDNN must not be asked to do: problems it gets wrong, and problems whose creation takes minutes.
#pragma once

#include <string>

#include "core/backend.h"

namespace deconv {

// Whether oneDNN may be asked at all.
Support check_limits(const Parameters& params, const Shape& shape);

// Whether oneDNN's own choice of a weights format, which brings in its brgemm implementations, would take too long.
bool slow_to_choose(const Parameters& params, const Shape& shape);

// Who applies the epilogue with one of oneDNN's implementations.
enum class EpilogueBy {
  kPrimitive,  // the primitive itself, which is right and fastest
  kFinish,     // a pass after it (finish.h): the primitive would get it wrong
  kNobody,     // the implementation must not be used for this layer
};

// For an implementation named by its implementation string.
EpilogueBy epilogue_by(const Parameters& params, const std::string& implementation);

}  // namespace deconv
