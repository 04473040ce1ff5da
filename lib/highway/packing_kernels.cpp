// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set. Packing is a transposition of what lies contiguous in the caller's memory, taps or input channels,
// into output channels.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/packing_kernels.cpp"
#include "highway/packing_kernels.h"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstdlib>

#include "highway/transpose_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(D()));

// Columns that are turned in L1 before whole vectors leave for memory.
constexpr int64_t kStagedColumns = 64;
// Rows that share the cache lines of far columns.
constexpr int64_t kLineRows = 16;
// Columns are far if two of them and the taps between do not stay in L1 together with the others.
constexpr int64_t kFarColumns = 256;
constexpr int64_t kRowsAhead = 32;

// Streaming stores: packed weights are not read before a run, and a line that is fetched only to be overwritten costs a third of the
// memory's time (9 taps, 1024 x 768, channels of one tap contiguous: 20 GB/s read and written instead of 8, memcpy 21).
HWY_INLINE void StreamRow(const float* HWY_RESTRICT staged, int64_t count, bool whole, float* HWY_RESTRICT dst) {
  const D d;
  for (int64_t c = 0; c < count; c += kLanes) {
    const auto x = hn::Load(d, staged + c);
    whole ? hn::Stream(x, d, dst + c) : StoreCount(d, x, dst + c, HWY_MIN(kLanes, count - c));
  }
}

// Rows of whole vectors are aligned to one.
HWY_INLINE bool Whole(const PackRowsArgs& args) { return args.width % kLanes == 0; }

// kRows rows that are neighbours in src.
template <int kRows>
HWY_INLINE int64_t PackGroup(const PackRowsArgs& args, const PackRow* HWY_RESTRICT rows) {
  const float* HWY_RESTRICT src = args.src + rows->src;
  HWY_ALIGN float staged[kRows][kStagedColumns];
  for (int64_t first = 0; first < args.width; first += kStagedColumns) {
    const int64_t end = HWY_MIN(args.width, first + kStagedColumns), valid = HWY_MIN(end, args.column_count);
    int64_t c = first;
#if HWY_TARGET != HWY_SCALAR
    const hn::FixedTag<float, 4> d4;
    for (; kRows > 1 && c + 4 <= valid; c += 4) {
      HWY_UNROLL(4)
      for (int r = 0; r < kRows; r += 4) {
        hn::Vec<hn::FixedTag<float, 4>> x[4];
        for (int i = 0; i < 4; ++i) x[i] = LoadCount(d4, src + args.columns[c + i] + r, kRows - r);
        Transpose4x4(x);
        for (int i = 0; i < HWY_MIN(4, kRows - r); ++i) hn::Store(x[i], d4, &staged[r + i][c - first]);
      }
    }
#endif
    for (; c < valid; ++c) {
      for (int r = 0; r < kRows; ++r) staged[r][c - first] = src[args.columns[c] + r];
    }
    for (; c < end; ++c) {
      for (int r = 0; r < kRows; ++r) staged[r][c - first] = 0.0f;
    }
    for (int r = 0; r < kRows; ++r) StreamRow(staged[r], end - first, Whole(args), args.dst + rows[r].dst + first);
  }
  return kRows;
}

// One row, whose columns are neighbours in src.
HWY_INLINE int64_t CopyRow(const PackRowsArgs& args, const PackRow& row) {
  const D d;
  const float* HWY_RESTRICT src = args.src + row.src + args.columns[0];
  float* HWY_RESTRICT dst = args.dst + row.dst;
  int64_t c = 0;
  for (; Whole(args) && c + kLanes <= args.column_count; c += kLanes) hn::Stream(hn::LoadU(d, src + c), d, dst + c);
  for (; c < args.width; c += kLanes) {
    HWY_ALIGN float staged[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) staged[i] = c + i < args.column_count ? src[c + i] : 0.0f;
    StreamRow(staged, HWY_MIN(kLanes, args.width - c), Whole(args), dst + c);
  }
  return 1;
}

// How many rows from the first on are neighbours in src, at most `most`.
HWY_INLINE int64_t Neighbours(const PackRow* rows, int64_t most) {
  int64_t count = 1;
  while (count < most && rows[count].src == rows[0].src + count) ++count;
  return count;
}

// Where taps are contiguous a panel's weights of one input channel are a few cache lines, and the next channel's stand far behind them: no
// hardware looks ahead there (9 taps: 14 GB/s instead of 11; 4 taps: 20 instead of 13).
HWY_INLINE void PrefetchRow(const PackRowsArgs& args, const PackRow& row) {
  for (int64_t c = 0; c < args.column_count; ++c) hwy::Prefetch(args.src + row.src + args.columns[c]);
}

// Packs the first of `most` rows, and up to 15 neighbours of it. Returns how many.
HWY_INLINE int64_t PackNeighbours(const PackRowsArgs& args, const PackRow* rows, int64_t most) {
  const bool far = args.column_count > 1 && std::abs(args.columns[1] - args.columns[0]) > kFarColumns;
  const int64_t count = Neighbours(rows, HWY_MIN(most, kLineRows));
  if (count == kLineRows && far) return PackGroup<kLineRows>(args, rows);
  if (!far) PrefetchRow(args, rows[HWY_MIN(most - 1, kRowsAhead)]);
  if (count >= 4) return PackGroup<4>(args, rows);
  if (count == 3) return PackGroup<3>(args, rows);
  if (count == 2) return PackGroup<2>(args, rows);
  return PackGroup<1>(args, rows);
}

void PackRows(const PackRowsArgs& args) {
  bool contiguous = true;
  for (int64_t c = 1; c < args.column_count; ++c) contiguous = contiguous && args.columns[c] == args.columns[0] + c;
  for (int64_t r = 0; r < args.row_count;) {
    r += contiguous ? CopyRow(args, args.rows[r]) : PackNeighbours(args, args.rows + r, args.row_count - r);
  }
  hwy::FlushStream();
}

}  // namespace

const PackingKernels* PackingTable() {
  static constexpr PackingKernels kTable = {&PackRows};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(PackingTable);

const PackingKernels& packing_kernels(int64_t targets) { return *DECONV_DISPATCH(PackingTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
