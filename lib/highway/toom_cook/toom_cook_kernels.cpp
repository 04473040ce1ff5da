// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/toom_cook/toom_cook_kernels.cpp"
#include "highway/toom_cook/toom_cook_kernels.h"

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

// One vector of channels of one line: all inputs in registers, one row of the matrix after the other.
template <int kInputs>
HWY_INLINE void Line(const ToomLinesArgs& args, const float* HWY_RESTRICT src, float* HWY_RESTRICT dst, int64_t count) {
  const D d;
  V x[kInputs];
  HWY_UNROLL(6)
  for (int i = 0; i < kInputs; ++i) x[i] = LoadCount(d, src + i * args.src_step, count);
  const float* HWY_RESTRICT row = args.matrix;
  for (int o = 0; o < args.outputs; ++o, row += kInputs) {
    V y = hn::Mul(hn::Set(d, row[0]), x[0]);
    HWY_UNROLL(6)
    for (int i = 1; i < kInputs; ++i) y = hn::MulAdd(hn::Set(d, row[i]), x[i], y);
    StoreCount(d, y, dst + o * args.dst_step, count);
  }
}

template <int kInputs>
void Lines(const ToomLinesArgs& args) {
  for (int64_t line = 0; line < args.lines; ++line) {
    const float* src = args.src + line * args.src_line;
    float* dst = args.dst + line * args.dst_line;
    int64_t c = 0;
    for (; c + kLanes <= args.floats; c += kLanes) Line<kInputs>(args, src + c, dst + c, kLanes);
    if (c < args.floats) Line<kInputs>(args, src + c, dst + c, args.floats - c);
  }
}

void AnyLines(const ToomLinesArgs& args) {
  switch (args.inputs) {
    case 2:
      return Lines<2>(args);
    case 3:
      return Lines<3>(args);
    case 4:
      return Lines<4>(args);
    case 5:
      return Lines<5>(args);
    default:
      return Lines<6>(args);
  }
}

HWY_INLINE V LoadOr(const float* values, int64_t c, int64_t count, float absent) {
  const D d;
  return values == nullptr ? hn::Set(d, absent) : LoadCount(d, values + c, count);
}

// One vector of channels of all pixels: scale, bias and slopes stay in registers.
template <bool kPlain>
HWY_INLINE void FinishVector(const ToomFinishArgs& args, int64_t c, int64_t count) {
  const D d;
  const V scale = LoadOr(args.scale, c, count, 1.0f), bias = LoadOr(args.bias, c, count, 0.0f);
  const V slopes = LoadOr(args.slopes, c, count, 0.0f);
  for (int64_t row = 0; row < args.rows; ++row) {
    const float* sums = args.sums + row * args.sums_row + c;
    for (int64_t column = 0; column < args.columns; ++column) {
      const int64_t at = row * args.dst_row + column * args.dst_step + c;
      V x = LoadCount(d, sums + column * args.sums_step, count);
      if (args.scale != nullptr) x = hn::Mul(x, scale);
      if (args.bias != nullptr) x = hn::Add(x, bias);
      if constexpr (!kPlain) {
        if (args.residual != nullptr) x = hn::Add(x, LoadCount(d, args.residual + at, count));
        x = Activate(d, *args.epilogue, x, slopes);
      }
      StoreCount(d, x, args.dst + at, count);
    }
  }
}

void Finish(const ToomFinishArgs& args) {
  const bool plain = !args.finish || (args.residual == nullptr && args.epilogue->activation == DECONV_ACTIVATION_NONE);
  for (int64_t c = 0; c < args.floats; c += kLanes) {
    const int64_t count = HWY_MIN(kLanes, args.floats - c);
    plain ? FinishVector<true>(args, c, count) : FinishVector<false>(args, c, count);
  }
}

}  // namespace

const ToomCookKernels* ToomCookTable() {
  static constexpr ToomCookKernels kTable = {&AnyLines, &Finish};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(ToomCookTable);

const ToomCookKernels& toom_cook_kernels(int64_t targets) { return *DECONV_DISPATCH(ToomCookTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
