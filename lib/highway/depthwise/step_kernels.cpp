// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/depthwise/step_kernels.cpp"
#include "highway/depthwise/step_kernels.h"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "highway/depthwise/leave_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

// Steps whose outputs are written before the next vector's turn: 16 lines that no two vectors share stay clear of a cache's ways.
constexpr int64_t kBlockSteps = 16;

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

void FlushStreams() { hwy::FlushStream(); }

}  // namespace

const StepKernels* StepKernelsTable() {
  static constexpr StepKernels kTable = {static_cast<int>(kLanes), &Steps<false>, &Steps<true>, &Gather, &FlushStreams};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(StepKernelsTable);

const StepKernels& step_kernels(int64_t targets) { return *DECONV_DISPATCH(StepKernelsTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
