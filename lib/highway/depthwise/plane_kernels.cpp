// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/depthwise/plane_kernels.cpp"
#include "highway/depthwise/plane_kernels.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "highway/depthwise/leave_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

int64_t Max(int64_t a, int64_t b) { return a < b ? b : a; }

// The lanes [begin, end) of a vector at p; nothing else is read.
HWY_INLINE V LoadRange(const float* p, int64_t begin, int64_t end) {
  const D d;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  const auto before = hn::FirstN(d, static_cast<size_t>(begin));
  return hn::MaskedLoad(hn::AndNot(before, hn::FirstN(d, static_cast<size_t>(end))), d, p);
#else
  HWY_ALIGN float lanes[kLanes] = {};
  for (int64_t i = begin; i < end; ++i) lanes[i] = p[i];
  return hn::Load(d, lanes);
#endif
}

// Sums of kParts vectors of pixels of one phase, which share weights and masks: `part` floats apart in src.
template <int kParts>
HWY_INLINE void SumPixels(const DepthwiseTap* HWY_RESTRICT taps, int64_t count, const float* HWY_RESTRICT weights,
                          const float* HWY_RESTRICT src, int64_t part, V (&x)[kParts]) {
  const D d;
  HWY_UNROLL(4)
  for (int v = 0; v < kParts; ++v) x[v] = hn::Zero(d);
  for (int64_t t = 0; t < count; ++t) {
    const V w = hn::Set(d, weights[taps[t].weight]);
    const float* HWY_RESTRICT pixels = src + (taps[t].row + taps[t].column);
    HWY_UNROLL(4)
    for (int v = 0; v < kParts; ++v) x[v] = hn::MulAdd(hn::LoadU(d, pixels + v * part), w, x[v]);
  }
}

// The same at a border: a lane is left alone by a tap that would read outside of the row for it. `src` is the row's pixel 0.
template <int kParts>
HWY_INLINE void SumBorder(const DepthwisePlaneArgs& args, int phase, const float* src, int64_t part, int64_t pixel, V (&x)[kParts]) {
  const D d;
  HWY_UNROLL(4)
  for (int v = 0; v < kParts; ++v) x[v] = hn::Zero(d);
  for (int64_t t = 0; t < args.tap_count[phase]; ++t) {
    const DepthwiseTap& tap = args.taps[phase][t];
    const int64_t from = pixel + tap.column, begin = Max(0, -from), end = Min(kLanes, args.in - from);
    if (begin >= end) continue;
    const float* pixels = src + (tap.row + from);
    const V w = hn::Set(d, args.weights[tap.weight]);
    if (end - begin == kLanes) {
      HWY_UNROLL(4)
      for (int v = 0; v < kParts; ++v) x[v] = hn::MulAdd(hn::LoadU(d, pixels + v * part), w, x[v]);
    } else {
      const auto reached = hn::AndNot(hn::FirstN(d, static_cast<size_t>(begin)), hn::FirstN(d, static_cast<size_t>(end)));
      HWY_UNROLL(4)
      for (int v = 0; v < kParts; ++v) {
        x[v] = hn::IfThenElse(reached, hn::MulAdd(LoadRange(pixels + v * part, begin, end), w, x[v]), x[v]);
      }
    }
  }
}

template <int kVectors>
HWY_INLINE void ScaleAndBias(const DepthwiseFinish& finish, V (&x)[kVectors]) {
  const D d;
  if (finish.scale != nullptr) {
    const V scale = hn::Set(d, finish.scale[0]);
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) x[v] = hn::Mul(x[v], scale);
  }
  if (finish.bias != nullptr) {
    const V bias = hn::Set(d, finish.bias[0]);
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) x[v] = hn::Add(x[v], bias);
  }
}

template <bool kStream>
HWY_INLINE void StoreVector(V x, float* HWY_RESTRICT to) {
  const D d;
  kStream ? hn::Stream(x, d, to) : hn::StoreU(x, d, to);
}

// a0 b0 a1 b1 ..: two shuffles a vector, where Highway's StoreInterleaved2 takes three on AVX-512.
HWY_INLINE void Interleave(V a, V b, V* HWY_RESTRICT low, V* HWY_RESTRICT high) {
#if HWY_TARGET == HWY_SCALAR
  *low = a;
  *high = b;
#else
  const D d;
  HWY_ALIGN static constexpr int32_t kOrder[] = {0, kLanes / 2,     1, kLanes / 2 + 1, 2, kLanes / 2 + 2, 3, kLanes / 2 + 3,
                                                 4, kLanes / 2 + 4, 5, kLanes / 2 + 5, 6, kLanes / 2 + 6, 7, kLanes / 2 + 7};
  const auto order = hn::SetTableIndices(d, kOrder);
  *low = hn::TableLookupLanes(hn::ConcatLowerLower(d, b, a), order);
  *high = hn::TableLookupLanes(hn::ConcatUpperUpper(d, b, a), order);
#endif
}

// Part v of every phase, phases interleaved.
template <int kStride, bool kStream, int kParts>
HWY_INLINE void StoreInterleaved(const V (&x)[kStride][kParts], int v, float* HWY_RESTRICT to) {
  const D d;
  if constexpr (kStride == 1) StoreVector<kStream>(x[0][v], to);
  if constexpr (kStride == 2) {
    V y[2];
    Interleave(x[0][v], x[1][v], &y[0], &y[1]);
    for (int i = 0; i < 2; ++i) StoreVector<kStream>(y[i], to + i * kLanes);
  }
  if constexpr (kStride == 3) hn::StoreInterleaved3(x[0][v], x[1][v], x[2][v], d, to);
  if constexpr (kStride == 4) {
    V even[2], odd[2], y[4];
    Interleave(x[0][v], x[2][v], &even[0], &even[1]);
    Interleave(x[1][v], x[3][v], &odd[0], &odd[1]);
    for (int i = 0; i < 2; ++i) Interleave(even[i], odd[i], &y[2 * i], &y[2 * i + 1]);
    for (int i = 0; i < 4; ++i) StoreVector<kStream>(y[i], to + i * kLanes);
  }
}

// Residual, activation and store of `count` outputs of a row.
HWY_NOINLINE void FinishRow(const DepthwiseFinish& finish, const float* HWY_RESTRICT from, const float* residual, float* dst,
                            int64_t count) {
  const D d;
  const V slope = hn::Set(d, finish.slopes == nullptr ? 0.0f : finish.slopes[0]);
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t left = Min(kLanes, count - i);
    V x = hn::Load(d, from + i);
    if (residual != nullptr) x = hn::Add(x, LoadCount(d, residual + i, left));
    StoreCount(d, Activate(d, *finish.epilogue, x, slope), dst + i, left);
  }
}

// Where a block's parts lie: from the first row of the plane's arguments, and from one part to the next.
struct Parts {
  int64_t src, dst;
  int64_t src_part, dst_part;
};

// kParts vectors of pixels of every phase. `pixel` is the column of the first.
template <int kStride, int kParts, bool kBorder, Leave kLeave>
HWY_INLINE void PlaneBlock(const DepthwisePlaneArgs& args, const Parts& parts, int64_t pixel) {
  V x[kStride][kParts];
  HWY_UNROLL(4)
  for (int p = 0; p < kStride; ++p) {
    if constexpr (kBorder) {
      SumBorder<kParts>(args, p, args.src + parts.src, parts.src_part, pixel, x[p]);
    } else {
      SumPixels<kParts>(args.taps[p], args.tap_count[p], args.weights, args.src + parts.src + pixel, parts.src_part, x[p]);
    }
    ScaleAndBias<kParts>(args.finish, x[p]);
  }
  constexpr int64_t kFloats = kStride * kLanes;
  const int64_t at = parts.dst + pixel * kStride, count = kBorder ? Min(kFloats, args.out_end - pixel * kStride) : kFloats;
  if (kLeave != Leave::kFinish && count == kFloats) {
    HWY_UNROLL(4)
    for (int v = 0; v < kParts; ++v) StoreInterleaved<kStride, kLeave == Leave::kStream>(x, v, args.dst + at + v * parts.dst_part);
    return;
  }
  HWY_ALIGN float block[kParts * kFloats];
  for (int v = 0; v < kParts; ++v) StoreInterleaved<kStride, false>(x, v, block + v * kFloats);
  for (int v = 0; v < kParts; ++v) {
    const int64_t to = at + v * parts.dst_part;
    FinishRow(args.finish, block + v * kFloats, args.residual == nullptr ? nullptr : args.residual + to, args.dst + to, count);
  }
}

#if HWY_TARGET == HWY_SCALAR
void StoreTransposed(const float* HWY_RESTRICT sums, int64_t phase, int64_t stride, float* HWY_RESTRICT to) {
  for (int64_t p = 0; p < stride; ++p) to[p] = sums[p * phase];
}
#else
// Four phases of four pixels at a time; the last four phases may repeat some of those before. Phases are `phase` floats apart in `sums`.
HWY_INLINE void StoreTransposed(const float* HWY_RESTRICT sums, int64_t phase, int64_t stride, float* HWY_RESTRICT to) {
  const hn::FixedTag<float, 4> d4;
  for (int64_t next = 0; next < stride; next += 4) {
    const int64_t p = Min(next, stride - 4);
    for (int64_t pixel = 0; pixel < kLanes; pixel += 4) {
      hn::Vec<hn::FixedTag<float, 4> > x[4];
      for (int i = 0; i < 4; ++i) x[i] = hn::Load(d4, sums + (p + i) * phase + pixel);
      Transpose4x4(x);
      for (int i = 0; i < 4; ++i) hn::StoreU(x[i], d4, to + (pixel + i) * stride + p);
    }
  }
}
#endif

// PlaneBlock for more phases than registers hold: sums wait in memory until all phases of a pixel are there.
template <int kParts, Leave kLeave>
HWY_INLINE void ManyPhasesBlock(const DepthwisePlaneArgs& args, const Parts& parts, int64_t pixel, bool border) {
  const D d;
  HWY_ALIGN float sums[kMostInterleaved * kParts * kLanes];
  for (int p = 0; p < args.stride; ++p) {
    V x[kParts];
    border ? SumBorder<kParts>(args, p, args.src + parts.src, parts.src_part, pixel, x)
           : SumPixels<kParts>(args.taps[p], args.tap_count[p], args.weights, args.src + parts.src + pixel, parts.src_part, x);
    ScaleAndBias<kParts>(args.finish, x);
    for (int v = 0; v < kParts; ++v) hn::Store(x[v], d, sums + (p * kParts + v) * kLanes);
  }
  const int64_t floats = args.stride * kLanes, at = parts.dst + pixel * args.stride;
  const int64_t count = Min(floats, args.out_end - pixel * args.stride);
  for (int v = 0; v < kParts; ++v) {
    const int64_t to = at + v * parts.dst_part;
    if (kLeave != Leave::kFinish && count == floats) {
      StoreTransposed(sums + v * kLanes, kParts * kLanes, args.stride, args.dst + to);
      continue;
    }
    HWY_ALIGN float row[kMostInterleaved * kLanes];
    StoreTransposed(sums + v * kLanes, kParts * kLanes, args.stride, row);
    FinishRow(args.finish, row, args.residual == nullptr ? nullptr : args.residual + to, args.dst + to, count);
  }
}

// How PlaneAs calls the two.
template <int kStride, int kParts, bool kBorder, Leave kLeave>
HWY_INLINE void AnyBlock(const DepthwisePlaneArgs& args, const Parts& parts, int64_t pixel) {
  if constexpr (kStride == 0) {
    ManyPhasesBlock<kParts, kLeave>(args, parts, pixel, kBorder);
  } else {
    PlaneBlock<kStride, kParts, kBorder, kLeave>(args, parts, pixel);
  }
}

// kStride is 0 where it is more than four.
template <int kStride, Leave kLeave>
void PlaneAs(const DepthwisePlaneArgs& given) {
  const DepthwisePlaneArgs args = given;  // a store to dst may not change this one
  // Four vectors hide a multiply-add's latency; sixteen sums need more registers than AVX2 has.
  constexpr int kParts = kStride <= 2 || HWY_TARGET <= HWY_AVX3 ? 4 : 2;
  const int64_t inner_begin = -args.least_column, inner_end = Min(args.in - args.most_column, args.out_end / args.stride);
  const auto is_inner = [&](int64_t pixel, int64_t pixels) { return pixel >= inner_begin && pixel + pixels <= inner_end; };
  int64_t r = 0;
  for (; r + kParts <= args.rows; r += kParts) {
    const Parts parts{r * args.src_step, r * args.dst_step, args.src_step, args.dst_step};
    for (int64_t pixel = args.begin; pixel < args.end; pixel += kLanes) {
      is_inner(pixel, kLanes) ? AnyBlock<kStride, kParts, false, kLeave>(args, parts, pixel)
                              : AnyBlock<kStride, kParts, true, kLeave>(args, parts, pixel);
    }
  }
  for (; r < args.rows; ++r) {
    const Parts parts{r * args.src_step, r * args.dst_step, kLanes, kLanes * args.stride};
    for (int64_t pixel = args.begin; pixel < args.end;) {
      if (is_inner(pixel, kParts * kLanes)) {
        AnyBlock<kStride, kParts, false, kLeave>(args, parts, pixel);
        pixel += kParts * kLanes;
      } else {
        AnyBlock<kStride, 1, true, kLeave>(args, parts, pixel);
        pixel += kLanes;
      }
    }
  }
}

template <int kStride>
void PlaneOf(const DepthwisePlaneArgs& args) {
  if (args.residual != nullptr || !HasNoActivation(args.finish)) return PlaneAs<kStride, Leave::kFinish>(args);
  // The others store parts of lines, or through a function of Highway's.
  if (kStride != 0 && kStride != 3 && args.stream && IsLines(args.dst, args.dst_step)) return PlaneAs<kStride, Leave::kStream>(args);
  PlaneAs<kStride, Leave::kAffine>(args);
}

void Plane(const DepthwisePlaneArgs& args) {
  switch (args.stride) {
    case 1:
      return PlaneOf<1>(args);
    case 2:
      return PlaneOf<2>(args);
    case 3:
      return PlaneOf<3>(args);
    case 4:
      return PlaneOf<4>(args);
    default:
      return PlaneOf<0>(args);
  }
}

}  // namespace

const PlaneKernels* PlaneKernelsTable() {
  static constexpr PlaneKernels kTable = {&Plane};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(PlaneKernelsTable);

const PlaneKernels& plane_kernels(int64_t targets) { return *DECONV_DISPATCH(PlaneKernelsTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
