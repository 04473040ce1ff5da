// SPDX-License-Identifier: Apache-2.0
// The F(m, r) that toom_cook may use.
#pragma once

#include "highway/toom_cook/axes.h"

namespace deconv_test {

// f(m, r) for every transform of at least two outputs and two taps.
template <class F>
void for_every_transform(const F& f) {
  for (int taps = 2; taps <= deconv::kMostTaps; ++taps) {
    for (int outputs = 2; outputs + taps - 1 <= deconv::kMostPoints; ++outputs) f(outputs, taps);
  }
}

}  // namespace deconv_test
