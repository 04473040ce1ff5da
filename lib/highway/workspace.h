// SPDX-License-Identifier: Apache-2.0
// How plans count the parts of a worker's workspace.
#pragma once

#include "core/aligned_buffer.h"
#include "core/checked.h"

namespace deconv {

constexpr const char* kWorkspaceSize = "the workspace's size";

// Bytes of count x width elements of `size` bytes, rounded up to whole cache lines.
inline size_t workspace_part(int64_t count, int64_t width, size_t size) {
  const int64_t bytes = checked_mul(checked_mul(count, width, kWorkspaceSize), static_cast<int64_t>(size), kWorkspaceSize);
  return round_up(static_cast<size_t>(checked_add(bytes, kAlignment, kWorkspaceSize)) - kAlignment, kAlignment);
}

}  // namespace deconv
