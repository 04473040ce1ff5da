// SPDX-License-Identifier: Apache-2.0
// Copies weights from any of the caller's layouts into rows of a packed panel.
#pragma once

#include <cstdint>

namespace deconv {

// One row of a panel: where its first weight is read, and where the row is written.
struct PackRow {
  int64_t src, dst;
};

// dst[row.dst + c] = src[row.src + columns[c]] for every row and c < column_count; zero up to `width`.
struct PackRowsArgs {
  const float* src = nullptr;
  float* dst = nullptr;
  const PackRow* rows = nullptr;  // fastest where neighbours are one apart in src, or columns are
  int64_t row_count = 0;
  const int64_t* columns = nullptr;
  int64_t column_count = 0;
  int64_t width = 0;
};

struct PackingKernels {
  void (*pack_rows)(const PackRowsArgs& args);
};

// The fastest of `targets` (see isa_kernels.h).
const PackingKernels& packing_kernels(int64_t targets);

}  // namespace deconv
