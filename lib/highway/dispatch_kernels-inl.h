// SPDX-License-Identifier: Apache-2.0
// Picks an entry of a HWY_EXPORT table for a given set of targets, without Highway's process-wide choice: two operators with different caps
// may live side by side. Include under HWY_ONCE, after hwy/highway.h.
#pragma once

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

namespace deconv {

inline size_t dispatch_index(int64_t targets) {
  hwy::ChosenTarget chosen;
  chosen.Update(targets);
  return chosen.GetIndex();
}

}  // namespace deconv

// With a single compiled target Highway's table has that one entry.
#if HWY_IDE || ((HWY_TARGETS & (HWY_TARGETS - 1)) == 0)
#define DECONV_DISPATCH(FUNCTION, TARGETS) (static_cast<void>(TARGETS), HWY_DISPATCH_TABLE(FUNCTION)[0])
#else
#define DECONV_DISPATCH(FUNCTION, TARGETS) (HWY_DISPATCH_TABLE(FUNCTION)[::deconv::dispatch_index(TARGETS)])
#endif
