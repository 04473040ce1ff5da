// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set. Orientation: lanes over pixels, weights are broadcast.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/pixel_gemm/pixel_kernels.cpp"
#include "highway/pixel_gemm/pixel_kernels.h"

#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <limits>
#include <utility>

#include "highway/pixel_gemm/pixel_add_kernels-inl.h"
#include "highway/pixel_gemm/pixel_copy_kernels-inl.h"
#include "highway/pixel_gemm/pixel_finish_kernels-inl.h"
#include "highway/pixel_gemm/pixel_pack_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(D()));

// One step of 64 channels from L2, one core of an AVX-512 server with an FMA peak of 117 GFLOP/s: 4 to 12 rows run at 116, 3 at 113; 2 wait
// for L2 (96) and one row for its only use of each load (52). More than five vectors push each other out of L1 between neighbouring steps.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64
constexpr int kRows = 12, kRegisters = 32, kMostVectors = 5;
#else
constexpr int kRows = 6, kRegisters = 16, kMostVectors = 4;
#endif
static_assert(kRows <= kMostPixelRows, "arrays of rows hold kMostPixelRows");

// A vector that stays in its register. g++ otherwise loads it again for each of up to three rows, as an operand of the multiply-add: with
// two loads a cycle line, chunks of two and three rows ran at half of the peak.
HWY_INLINE V InRegister(V x) {
#if HWY_COMPILER_GCC && HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  asm("" : "+v"(x.raw));
#endif
  return x;
}

// Accumulators, as many vectors of src, and a weight.
constexpr int VectorsOf(int rows) { return HWY_MIN(kMostVectors, (kRegisters - 1) / (rows + 1)); }

// A run of lines in registers: counting in memory cost the multiplications up to a tenth. No calls: one would store all accumulators. When
// all lines are fetched, one that stays in L1 is fetched instead.
struct Fetcher {
  HWY_INLINE explicit Fetcher(PixelPrefetch** first) : current(first), at((*first)->at), step((*first)->step), left((*first)->left) {
    if (step == 0) Idle();
  }
  HWY_INLINE void Line() {
    __builtin_prefetch(at, 0, 2);
    at += step;
    if (HWY_LIKELY(--left != 0)) return;
    NextRun();
  }
  HWY_INLINE void NextRun() {
    PixelPrefetch& runs = **current;
    left = runs.lines;
    if (++runs.index[0] < runs.count[0]) {
      at = runs.start[0] += runs.stride[0];
    } else if (runs.index[0] = 0; ++runs.index[1] < runs.count[1]) {
      at = runs.start[0] = runs.start[1] += runs.stride[1];
    } else if (runs.index[1] = 0; ++runs.index[2] < runs.count[2]) {
      at = runs.start[0] = runs.start[1] = runs.start[2] += runs.stride[2];
    } else if (runs.then != nullptr && runs.then->step != 0) {
      *current = runs.then;
      at = runs.then->at;
      left = runs.then->left;
    } else {
      Idle();
    }
  }
  HWY_INLINE void Idle() {
    at = reinterpret_cast<const float*>(current);
    step = 0;
    left = std::numeric_limits<int64_t>::max();
  }
  HWY_INLINE void Keep() {
    PixelPrefetch& runs = **current;
    runs.at = at;
    runs.step = step;
    runs.left = left;
  }
  PixelPrefetch** current;
  const float* at;
  int64_t step, left;
};

// Outputs of sums that were just stored. Through memory, so that the loop is code once instead of once for each tile shape.
HWY_NOINLINE void FinishInPlace(const PixelGemmArgs& args, int64_t rows, int64_t at, int64_t count) {
  const D d;
  const V* const residual = nullptr;
  for (int64_t m = 0; m < rows; ++m) {
    for (int64_t i = 0; i < count; i += kLanes) {
      float* sums = args.sums[m] + at + i;
      StoreCount(d, FinishVector(d, *args.finish, m, LoadCount(d, sums, count - i), residual), sums, count - i);
    }
  }
}

// Positions [at, at + kN vectors); the last vector has `last` lanes.
template <int kM, int kN>
HWY_INLINE void Block(const PixelGemmArgs& args, int64_t at, int64_t last) {
  const D d;
  V acc[kM][kN];
  HWY_UNROLL(12)
  for (int m = 0; m < kM; ++m) {
    HWY_UNROLL(8)
    for (int v = 0; v < kN; ++v) acc[m][v] = args.fresh ? hn::Set(d, args.first[m]) : hn::LoadU(d, args.sums[m] + at + v * kLanes);
  }
  const float* HWY_RESTRICT weights = args.weights;
  Fetcher fetcher(args.prefetch);
  Copier copier(*args.copy);
  for (int64_t s = 0; s < args.step_count; ++s) {
    const float* HWY_RESTRICT src = args.src + at + args.steps[s];
    for (int64_t c = 0; c < args.channels; ++c, src += args.plane, weights += kM) {
      fetcher.Line();
      if constexpr (kM * kN >= 15) fetcher.Line();
      copier.Vector();
      V x[kN];
      HWY_UNROLL(8)
      for (int v = 0; v < kN; ++v) x[v] = kM == 1 ? hn::LoadU(d, src + v * kLanes) : InRegister(hn::LoadU(d, src + v * kLanes));
      HWY_UNROLL(12)
      for (int m = 0; m < kM; ++m) {
        const V w = hn::Set(d, weights[m]);
        HWY_UNROLL(8)
        for (int v = 0; v < kN; ++v) acc[m][v] = hn::MulAdd(w, x[v], acc[m][v]);
      }
    }
  }
  fetcher.Keep();
  copier.Keep();
  HWY_UNROLL(12)
  for (int m = 0; m < kM; ++m) {
    HWY_UNROLL(8)
    for (int v = 0; v + 1 < kN; ++v) hn::StoreU(acc[m][v], d, args.sums[m] + at + v * kLanes);
    StoreCount(d, acc[m][kN - 1], args.sums[m] + at + (kN - 1) * kLanes, last);
  }
  if (args.finish != nullptr) FinishInPlace(args, kM, at, (kN - 1) * kLanes + last);
}

// The last positions, fewer than a whole block has.
template <int kM, int kN>
HWY_NOINLINE void Rest(const PixelGemmArgs& args, int64_t at) {
  const int64_t left = args.positions - at;
  if constexpr (kN > 1) {
    if (left <= (kN - 1) * kLanes) return Rest<kM, kN - 1>(args, at);
  }
  Block<kM, kN>(args, at, left - (kN - 1) * kLanes);
}

template <int kM>
void Gemm(const PixelGemmArgs& args) {
  constexpr int kN = VectorsOf(kM);
  int64_t at = 0;
  for (; at + kN * kLanes <= args.positions; at += kN * kLanes) Block<kM, kN>(args, at, kLanes);
  if (at < args.positions) Rest<kM, kN>(args, at);
}

void FlushStreams() { hwy::FlushStream(); }

using GemmFunction = void (*)(const PixelGemmArgs&);

template <class Indices>
struct Gemms;
template <size_t... kIndex>
struct Gemms<std::index_sequence<kIndex...>> {
  static constexpr GemmFunction kTable[] = {&Gemm<kIndex + 1>...};
};

}  // namespace

const PixelKernels* PixelTable() {
  static constexpr PixelKernels kTable = {static_cast<int>(kLanes),
                                          kRows,
                                          Gemms<std::make_index_sequence<kRows>>::kTable,
                                          &PackRows,
                                          &CopyRest,
                                          &AddTerms,
                                          &FinishRows,
                                          &FlushStreams};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(PixelTable);

const PixelKernels& pixel_kernels(int64_t targets) { return *DECONV_DISPATCH(PixelTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
