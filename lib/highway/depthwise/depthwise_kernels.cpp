// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/depthwise/depthwise_kernels.cpp"
#include "highway/depthwise/depthwise_kernels.h"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "highway/epilogue_kernels-inl.h"
#include "highway/transpose_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(D()));
constexpr int64_t kLine = 64 / sizeof(float);
// Steps whose outputs are written before the next vector's turn: 16 lines that no two vectors share stay clear of a cache's ways.
constexpr int64_t kBlockSteps = 16;

int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t Max(int64_t a, int64_t b) { return a < b ? b : a; }

bool HasNoActivation(const DepthwiseFinish& finish) { return finish.epilogue->activation == DECONV_ACTIVATION_NONE; }

// Whether vectors that begin at multiples of `step` are whole lines: part of one would be read from memory and written back.
bool IsLines(const float* dst, int64_t step) { return kLanes == kLine && step % kLine == 0 && reinterpret_cast<uintptr_t>(dst) % 64 == 0; }

// How a vector of sums leaves: as it is, past the caches, with scale and bias, with the whole epilogue.
enum class Leave { kSums, kStream, kAffine, kFinish };

// Channel `c` of the unit is the vector's first, `at` its place in dst.
template <Leave kLeave>
HWY_INLINE void Store(const DepthwiseStepsArgs& args, V x, int64_t c, float* HWY_RESTRICT dst, int64_t at, int64_t count) {
  const D d;
  if constexpr (kLeave == Leave::kStream) return hn::Stream(x, d, dst);
  if constexpr (kLeave == Leave::kAffine || kLeave == Leave::kFinish) {
    if (args.finish.scale != nullptr) x = hn::Mul(x, hn::LoadU(d, args.finish.scale + c));
    if (args.finish.bias != nullptr) x = hn::Add(x, hn::LoadU(d, args.finish.bias + c));
  }
  if constexpr (kLeave == Leave::kFinish) {
    if (args.residual != nullptr) x = hn::Add(x, LoadCount(d, args.residual + at, count));
    const V slope = args.finish.slopes == nullptr ? hn::Zero(d) : hn::LoadU(d, args.finish.slopes + c);
    x = Activate(d, *args.finish.epilogue, x, slope);
  }
  StoreCount(d, x, dst, count);
}

template <bool kOneChannel>
HWY_INLINE V LoadSrc(const float* HWY_RESTRICT src, int64_t count) {
  const D d;
  if constexpr (kOneChannel) return hn::Set(d, src[0]);
  return LoadCount(d, src, count);
}

// One vector of kRows x kColumns taps, every step. Weights stay in registers, and so does each pixel of src, which serves a column tap of
// one step and the next column tap of the next step: one load and kColumns multiply-adds for each row.
template <bool kOneChannel, Leave kLeave, int kRows, int kColumns>
HWY_INLINE void StepsOfVector(const DepthwiseStepsArgs& args, int64_t first, int64_t steps, int64_t f, int64_t c, int64_t count) {
  const D d;
  constexpr int kSteps = 4, kKept = kColumns - 1;
  const int64_t pitch = args.pitch, step = args.step;
  const float* HWY_RESTRICT src[kRows];
  V w[kRows][kColumns], pixels[kRows][kKept + kSteps];
  for (int r = 0; r < kRows; ++r) {
    src[r] = args.src[r] + first * pitch + (kOneChannel ? 0 : c);
    for (int q = 0; q < kColumns; ++q) w[r][q] = hn::LoadU(d, args.weights[r] + q * args.column_weights + f);
    for (int k = 0; k < kKept; ++k) pixels[r][k] = LoadSrc<kOneChannel>(src[r] + (k - kKept) * pitch, count);
  }
  int64_t at = first * step + f, left = steps;
  float* HWY_RESTRICT dst = args.dst + at;
  const auto sum = [&](int k) HWY_ATTR {
    V x = hn::Zero(d);
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      HWY_UNROLL(2)
      for (int q = 0; q < kColumns; ++q) x = hn::MulAdd(pixels[r][kKept + k - q], w[r][q], x);
    }
    return x;
  };
  for (; left >= kSteps; left -= kSteps, dst += kSteps * step, at += kSteps * step) {
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      HWY_UNROLL(4)
      for (int k = 0; k < kSteps; ++k) pixels[r][kKept + k] = LoadSrc<kOneChannel>(src[r] + k * pitch, count);
      src[r] += kSteps * pitch;
    }
    HWY_UNROLL(4)
    for (int k = 0; k < kSteps; ++k) Store<kLeave>(args, sum(k), c, dst + k * step, at + k * step, count);
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      for (int k = 0; k < kKept; ++k) pixels[r][k] = pixels[r][kSteps + k];
    }
  }
  for (; left > 0; --left, dst += step, at += step) {
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      pixels[r][kKept] = LoadSrc<kOneChannel>(src[r], count);
      src[r] += pitch;
    }
    Store<kLeave>(args, sum(0), c, dst, at, count);
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      for (int k = 0; k < kKept; ++k) pixels[r][k] = pixels[r][k + 1];
    }
  }
}

// The same for any number of taps: kSteps steps share each load of a weight.
template <bool kOneChannel, Leave kLeave, int kSteps>
HWY_INLINE void SumSteps(const DepthwiseStepsArgs& args, int64_t first, int64_t f, int64_t c, int64_t count) {
  const D d;
  const int64_t pitch = args.pitch;
  V x[kSteps];
  HWY_UNROLL(4)
  for (int k = 0; k < kSteps; ++k) x[k] = hn::Zero(d);
  for (int64_t r = 0; r < args.rows; ++r) {
    const float* HWY_RESTRICT src = args.src[r] + first * pitch + (kOneChannel ? 0 : c);
    const float* HWY_RESTRICT weights = args.weights[r] + f;
    for (int64_t q = 0; q < args.columns; ++q, src -= pitch, weights += args.column_weights) {
      const V w = hn::LoadU(d, weights);
      HWY_UNROLL(4)
      for (int k = 0; k < kSteps; ++k) x[k] = hn::MulAdd(LoadSrc<kOneChannel>(src + k * pitch, count), w, x[k]);
    }
  }
  const int64_t at = first * args.step + f;
  HWY_UNROLL(4)
  for (int k = 0; k < kSteps; ++k) Store<kLeave>(args, x[k], c, args.dst + at + k * args.step, at + k * args.step, count);
}

template <bool kOneChannel, Leave kLeave, int kRows, int kColumns>
HWY_INLINE void StepsOfCount(const DepthwiseStepsArgs& args, int64_t first, int64_t steps, int64_t f, int64_t c, int64_t count) {
  if constexpr (kRows > 0) {
    StepsOfVector<kOneChannel, kLeave, kRows, kColumns>(args, first, steps, f, c, count);
  } else {
    int64_t k = first;
    for (; k + 4 <= first + steps; k += 4) SumSteps<kOneChannel, kLeave, 4>(args, k, f, c, count);
    for (; k < first + steps; ++k) SumSteps<kOneChannel, kLeave, 1>(args, k, f, c, count);
  }
}

template <bool kOneChannel, Leave kLeave, int kRows, int kColumns>
void StepsOf(const DepthwiseStepsArgs& given) {
  const DepthwiseStepsArgs args = given;  // a store to dst may not change this one
  const int64_t next = args.channels > kLanes ? kLanes : kLanes % args.channels;
  for (int64_t first = 0; first < args.steps; first += kBlockSteps) {
    const int64_t steps = Min(kBlockSteps, args.steps - first);
    int64_t f = 0, c = 0;
    for (; f + kLanes <= args.length; f += kLanes) {
      StepsOfCount<kOneChannel, kLeave, kRows, kColumns>(args, first, steps, f, c, kLanes);
      c += c + next >= args.channels ? next - args.channels : next;
    }
    if (f < args.length) StepsOfCount<kOneChannel, kLeave, kRows, kColumns>(args, first, steps, f, c, args.length - f);
  }
}

template <bool kOneChannel, Leave kLeave>
void StepsAs(const DepthwiseStepsArgs& args) {
  const bool few = args.rows >= 1 && args.rows <= 2 && args.columns >= 1 && args.columns <= 2;
  if (!few) return StepsOf<kOneChannel, kLeave, 0, 0>(args);
  if (args.rows == 1) return args.columns == 1 ? StepsOf<kOneChannel, kLeave, 1, 1>(args) : StepsOf<kOneChannel, kLeave, 1, 2>(args);
  args.columns == 1 ? StepsOf<kOneChannel, kLeave, 2, 1>(args) : StepsOf<kOneChannel, kLeave, 2, 2>(args);
}

template <bool kOneChannel>
void Steps(const DepthwiseStepsArgs& args) {
  if (args.residual != nullptr || !HasNoActivation(args.finish)) return StepsAs<kOneChannel, Leave::kFinish>(args);
  if (args.finish.scale != nullptr || args.finish.bias != nullptr) return StepsAs<kOneChannel, Leave::kAffine>(args);
  if (args.stream && IsLines(args.dst, args.step) && args.length % kLine == 0) return StepsAs<kOneChannel, Leave::kStream>(args);
  StepsAs<kOneChannel, Leave::kSums>(args);
}

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

// Only where dst wants another order than src has, and where a step's vectors cross pixels.
void Gather(const DepthwiseGatherArgs& args) {
  const D d;
  const int64_t pitch = args.pitch, multiplier = args.multiplier, inputs = args.channels / multiplier;
  float* HWY_RESTRICT dst = args.dst;
  if (args.channel_stride == 1 && multiplier == 1) {
    for (int64_t pixel = 0; pixel < args.pixels; ++pixel) {
      for (int64_t c = 0; c < inputs; c += kLanes) {
        const int64_t count = Min(kLanes, inputs - c);
        StoreCount(d, LoadCount(d, args.src + pixel * args.pixel_stride + c, count), dst + pixel * pitch + c, count);
      }
    }
  } else {
    // Sixteen pixels at a time: lines of both sides stay in L1, whichever is read or written across.
    for (int64_t first = 0; first < args.pixels; first += 16) {
      const int64_t end = Min(args.pixels, first + 16);
      for (int64_t c = 0; c < inputs; ++c) {
        const float* HWY_RESTRICT src = args.src + c * args.channel_stride;
        for (int64_t pixel = first; pixel < end; ++pixel) {
          for (int64_t m = 0; m < multiplier; ++m) dst[pixel * pitch + c * multiplier + m] = src[pixel * args.pixel_stride];
        }
      }
    }
  }
  for (int64_t pixel = 0; pixel < args.pixels; ++pixel) {
    for (int64_t e = args.channels; e < pitch; ++e) dst[pixel * pitch + e] = dst[pixel * pitch + e - args.channels];
  }
}

void EndStream() { hwy::FlushStream(); }

}  // namespace

const DepthwiseKernels* DepthwiseTable() {
  static constexpr DepthwiseKernels kTable = {static_cast<int>(kLanes), &Steps<false>, &Steps<true>, &Plane, &Gather, &EndStream};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(DepthwiseTable);

const DepthwiseKernels& depthwise_kernels(int64_t targets) { return *DECONV_DISPATCH(DepthwiseTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
