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

int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t Max(int64_t a, int64_t b) { return a < b ? b : a; }

bool HasNoActivation(const DepthwiseFinish& finish) { return finish.epilogue->activation == DECONV_ACTIVATION_NONE; }

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

// Adds one row of taps to one vector of kSteps neighbouring steps. A pixel of src serves a column tap of one step and the next column tap of
// the next step: kSteps + kColumns - 1 loads instead of their product.
template <bool kOneChannel, int kColumns, int kSteps>
HWY_INLINE void AddRow(const float* HWY_RESTRICT src, const float* HWY_RESTRICT weights, int64_t pitch, int64_t column_weights, int64_t count,
                       V (&x)[kSteps]) {
  const D d;
  V w[kColumns], pixels[kSteps + kColumns - 1];
  HWY_UNROLL(4)
  for (int q = 0; q < kColumns; ++q) w[q] = hn::LoadU(d, weights + q * column_weights);
  HWY_UNROLL(8)
  for (int k = 0; k < kSteps + kColumns - 1; ++k) pixels[k] = LoadSrc<kOneChannel>(src + (k - kColumns + 1) * pitch, count);
  HWY_UNROLL(4)
  for (int q = 0; q < kColumns; ++q) {
    HWY_UNROLL(4)
    for (int k = 0; k < kSteps; ++k) x[k] = hn::MulAdd(pixels[k + kColumns - 1 - q], w[q], x[k]);
  }
}

// Steps first .. first + kSteps of layers with kRows x kColumns taps.
template <bool kOneChannel, Leave kLeave, int kRows, int kColumns, int kSteps>
HWY_INLINE void Block(const DepthwiseStepsArgs& given, int64_t first) {
  const D d;
  const DepthwiseStepsArgs args = given;  // a store to dst may not change this one
  const int64_t next = args.channels > kLanes ? kLanes : kLanes % args.channels, step = args.step;
  const float *src[kRows], *weights[kRows];
  for (int r = 0; r < kRows; ++r) {
    src[r] = args.src[r] + first * args.pitch;
    weights[r] = args.weights[r];
  }
  float* dst = args.dst + first * step;
  int64_t c = 0;
  for (int64_t left = args.length; left > 0; left -= kLanes) {
    const int64_t count = Min(left, kLanes);
    V x[kSteps];
    HWY_UNROLL(4)
    for (int k = 0; k < kSteps; ++k) x[k] = hn::Zero(d);
    HWY_UNROLL(2)
    for (int r = 0; r < kRows; ++r) {
      AddRow<kOneChannel, kColumns, kSteps>(src[r], weights[r], args.pitch, args.column_weights, count, x);
      weights[r] += kLanes;
    }
    HWY_UNROLL(4)
    for (int k = 0; k < kSteps; ++k) Store<kLeave>(args, x[k], c, dst + k * step, dst - args.dst + k * step, count);
    dst += kLanes;
    if constexpr (!kOneChannel) {
      const int64_t moved = c + next >= args.channels ? next - args.channels : next;
      c += moved;
      HWY_UNROLL(2)
      for (int r = 0; r < kRows; ++r) src[r] += moved;
    }
  }
}

// The same for any number of taps.
template <bool kOneChannel, Leave kLeave, int kSteps>
HWY_INLINE void BlockOfMany(const DepthwiseStepsArgs& args, int64_t first) {
  const D d;
  const int64_t next = args.channels > kLanes ? kLanes : kLanes % args.channels, pitch = args.pitch;
  for (int64_t f = 0, c = 0; f < args.length; f += kLanes) {
    const int64_t count = Min(kLanes, args.length - f);
    V x[kSteps];
    HWY_UNROLL(4)
    for (int k = 0; k < kSteps; ++k) x[k] = hn::Zero(d);
    for (int64_t r = 0; r < args.rows; ++r) {
      const float* src = args.src[r] + first * pitch + (kOneChannel ? 0 : c);
      const float* weights = args.weights[r] + f;
      for (int64_t q = 0; q < args.columns; ++q, src -= pitch, weights += args.column_weights) {
        AddRow<kOneChannel, 1, kSteps>(src, weights, pitch, 0, count, x);
      }
    }
    float* dst = args.dst + first * args.step + f;
    HWY_UNROLL(4)
    for (int k = 0; k < kSteps; ++k) Store<kLeave>(args, x[k], c, dst + k * args.step, dst - args.dst + k * args.step, count);
    c += c + next >= args.channels ? next - args.channels : next;
  }
}

template <bool kOneChannel, Leave kLeave, int kRows, int kColumns>
void StepsOf(const DepthwiseStepsArgs& args) {
  int64_t k = 0;
  if constexpr (kRows == 0) {
    for (; k + 4 <= args.steps; k += 4) BlockOfMany<kOneChannel, kLeave, 4>(args, k);
    for (; k < args.steps; ++k) BlockOfMany<kOneChannel, kLeave, 1>(args, k);
  } else {
    for (; k + 4 <= args.steps; k += 4) Block<kOneChannel, kLeave, kRows, kColumns, 4>(args, k);
    for (; k < args.steps; ++k) Block<kOneChannel, kLeave, kRows, kColumns, 1>(args, k);
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
  // Part of a line would be read from memory and written back.
  const bool lines = kLanes == kLine && args.length % kLine == 0 && args.step % kLine == 0 && reinterpret_cast<uintptr_t>(args.dst) % 64 == 0;
  if (args.stream && lines) return StepsAs<kOneChannel, Leave::kStream>(args);
  StepsAs<kOneChannel, Leave::kSums>(args);
}

// Sums of kVectors vectors of pixels of one phase.
template <int kVectors>
HWY_INLINE void SumPixels(const DepthwiseRowArgs& args, int phase, int64_t pixel, int64_t count, V (&x)[kVectors]) {
  const D d;
  HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) x[v] = hn::Zero(d);
  const DepthwiseTap* HWY_RESTRICT taps = args.taps[phase];
  for (int64_t t = 0; t < args.tap_count[phase]; ++t) {
    const V w = hn::Set(d, args.weights[taps[t].weight]);
    const float* HWY_RESTRICT src = args.src + taps[t].src + pixel;
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) x[v] = hn::MulAdd(LoadCount(d, src + v * kLanes, count), w, x[v]);
  }
  if (args.finish.scale != nullptr) {
    const V scale = hn::Set(d, args.finish.scale[0]);
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) x[v] = hn::Mul(x[v], scale);
  }
  if (args.finish.bias != nullptr) {
    const V bias = hn::Set(d, args.finish.bias[0]);
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) x[v] = hn::Add(x[v], bias);
  }
}

template <int kStride, int kVectors>
HWY_INLINE void StoreInterleaved(const V (&x)[kStride][kVectors], int v, float* HWY_RESTRICT to) {
  const D d;
  if constexpr (kStride == 1) hn::StoreU(x[0][v], d, to);
  if constexpr (kStride == 2) hn::StoreInterleaved2(x[0][v], x[1][v], d, to);
  if constexpr (kStride == 3) hn::StoreInterleaved3(x[0][v], x[1][v], x[2][v], d, to);
  if constexpr (kStride == 4) hn::StoreInterleaved4(x[0][v], x[1][v], x[2][v], x[3][v], d, to);
}

// Outputs [begin, end) of the row, whose first is at `from`: residual, activation, and nothing outside of them is touched.
HWY_NOINLINE void FinishRow(const DepthwiseRowArgs& args, const float* HWY_RESTRICT from, int64_t begin, int64_t end) {
  const D d;
  const V slope = hn::Set(d, args.finish.slopes == nullptr ? 0.0f : args.finish.slopes[0]);
  for (int64_t o = begin; o < end; o += kLanes) {
    const int64_t count = Min(kLanes, end - o);
    V x = LoadCount(d, from + (o - begin), count);
    if (args.residual != nullptr) x = hn::Add(x, LoadCount(d, args.residual + o, count));
    StoreCount(d, Activate(d, *args.finish.epilogue, x, slope), args.dst + o, count);
  }
}

// kVectors vectors of pixels of every phase; `count` lanes of the vectors exist (all, or kVectors is 1).
template <int kStride, int kVectors, bool kPlain>
HWY_INLINE void RowBlock(const DepthwiseRowArgs& args, int64_t pixel, int64_t count) {
  V x[kStride][kVectors];
  HWY_UNROLL(4)
  for (int p = 0; p < kStride; ++p) SumPixels<kVectors>(args, p, pixel, count, x[p]);
  const int64_t first = pixel * kStride - args.pad, last = first + ((kVectors - 1) * kLanes + count) * kStride;
  if (kPlain && count == kLanes && first >= args.out_begin && last <= args.out_end) {
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) StoreInterleaved<kStride, kVectors>(x, v, args.dst + first + v * kLanes * kStride);
    return;
  }
  HWY_ALIGN float block[kVectors * kStride * kLanes];
  for (int v = 0; v < kVectors; ++v) StoreInterleaved<kStride, kVectors>(x, v, block + v * kLanes * kStride);
  const int64_t begin = Max(first, args.out_begin);
  FinishRow(args, block + (begin - first), begin, Min(last, args.out_end));
}

template <int kStride, bool kPlain>
void RowAs(const DepthwiseRowArgs& args) {
  // Two vectors share a weight's broadcast; more phases than two fill the registers by themselves.
  constexpr int kVectors = kStride == 1 ? 4 : 2;
  int64_t pixel = args.begin;
  for (; pixel + kVectors * kLanes <= args.end; pixel += kVectors * kLanes) RowBlock<kStride, kVectors, kPlain>(args, pixel, kLanes);
  for (; pixel < args.end; pixel += kLanes) RowBlock<kStride, 1, kPlain>(args, pixel, Min(kLanes, args.end - pixel));
}

template <int kStride>
void RowOf(const DepthwiseRowArgs& args) {
  if (args.residual == nullptr && HasNoActivation(args.finish)) return RowAs<kStride, true>(args);
  RowAs<kStride, false>(args);
}

void Row(const DepthwiseRowArgs& args) {
  switch (args.stride) {
    case 1:
      return RowOf<1>(args);
    case 2:
      return RowOf<2>(args);
    case 3:
      return RowOf<3>(args);
    default:
      return RowOf<4>(args);
  }
}

// Only where dst wants another order than src has, and where a step's vectors cross pixels.
void Gather(const DepthwiseGatherArgs& args) {
  const D d;
  const bool copies = args.channel_stride == 1 && args.multiplier == 1;
  for (int64_t pixel = 0; pixel < args.pixels; ++pixel) {
    const float* HWY_RESTRICT from = args.src + pixel * args.pixel_stride;
    float* HWY_RESTRICT to = args.dst + pixel * args.pitch;
    int64_t e = 0;
    for (; copies && e < args.channels; e += kLanes) {
      const int64_t count = Min(kLanes, args.channels - e);
      StoreCount(d, LoadCount(d, from + e, count), to + e, count);
    }
    for (; e < args.channels && e < args.pitch; ++e) to[e] = from[e / args.multiplier * args.channel_stride];
    for (e = args.channels; e < args.pitch; ++e) to[e] = to[e - args.channels];
  }
}

void EndStream() { hwy::FlushStream(); }

}  // namespace

const DepthwiseKernels* DepthwiseTable() {
  static constexpr DepthwiseKernels kTable = {static_cast<int>(kLanes), &Steps<false>, &Steps<true>, &Row, &Gather, &EndStream};
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
