// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/toom_cook/toom_cook_kernels.cpp"
#include "highway/toom_cook/toom_cook_kernels.h"

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

template <int kOutputs, int kTaps>
struct InputMatrix {
  static constexpr ToomTransform kTransform = toom_transform(kOutputs, kTaps);
  static constexpr int kRows = kTransform.points(), kColumns = kTransform.points();
  static constexpr float At(int row, int column) { return static_cast<float>(kTransform.input[row][column]); }
};

template <int kOutputs, int kTaps>
struct OutputMatrix {
  static constexpr ToomTransform kTransform = toom_transform(kOutputs, kTaps);
  static constexpr int kRows = kOutputs, kColumns = kTransform.points();
  static constexpr float At(int row, int column) { return static_cast<float>(kTransform.output[row][column]); }
};

// y + the rest of a row of the matrix times x. Zeros cost nothing, ones an addition. kFirst: there is no y yet.
template <class M, int kRow, int kColumn, bool kFirst>
HWY_INLINE V RowTimes(const V (&x)[M::kColumns], V y) {
  const D d;
  if constexpr (kColumn == M::kColumns) {
    return y;
  } else {
    constexpr float kEntry = M::At(kRow, kColumn);
    if constexpr (kEntry == 0) {
      return RowTimes<M, kRow, kColumn + 1, kFirst>(x, y);
    } else if constexpr (kFirst) {
      if constexpr (kEntry == 1) return RowTimes<M, kRow, kColumn + 1, false>(x, x[kColumn]);
      if constexpr (kEntry != 1) return RowTimes<M, kRow, kColumn + 1, false>(x, hn::Mul(x[kColumn], hn::Set(d, kEntry)));
    } else {
      if constexpr (kEntry == 1) return RowTimes<M, kRow, kColumn + 1, false>(x, hn::Add(y, x[kColumn]));
      if constexpr (kEntry == -1) return RowTimes<M, kRow, kColumn + 1, false>(x, hn::Sub(y, x[kColumn]));
      if constexpr (kEntry != 1 && kEntry != -1) {
        return RowTimes<M, kRow, kColumn + 1, false>(x, hn::MulAdd(x[kColumn], hn::Set(d, kEntry), y));
      }
    }
  }
}

template <class M, int kRow>
HWY_INLINE void StoreRows(const V (&x)[M::kColumns], float* HWY_RESTRICT dst, int64_t step, int64_t count) {
  if constexpr (kRow < M::kRows) {
    const D d;
    StoreCount(d, RowTimes<M, kRow, 0, true>(x, hn::Zero(d)), dst + kRow * step, count);
    StoreRows<M, kRow + 1>(x, dst, step, count);
  }
}

// One vector of channels of one line.
template <class M>
HWY_INLINE void Line(const ToomLinesArgs& args, const float* HWY_RESTRICT src, float* HWY_RESTRICT dst, int64_t count) {
  const D d;
  V x[M::kColumns];
  HWY_UNROLL(6)
  for (int i = 0; i < M::kColumns; ++i) {
    hwy::Prefetch(src + (i * args.src_step + args.ahead));
    x[i] = LoadCount(d, src + i * args.src_step, count);
  }
  StoreRows<M, 0>(x, dst, args.dst_step, count);
}

template <class M>
void Lines(const ToomLinesArgs& args) {
  for (int64_t outer = 0; outer < args.outer; ++outer) {
    for (int64_t line = 0; line < args.lines; ++line) {
      const float* src = args.src + outer * args.src_outer + line * args.src_line;
      float* dst = args.dst + outer * args.dst_outer + line * args.dst_line;
      int64_t c = 0;
      for (; c + kLanes <= args.floats; c += kLanes) Line<M>(args, src + c, dst + c, kLanes);
      if (c < args.floats) Line<M>(args, src + c, dst + c, args.floats - c);
    }
  }
}

HWY_INLINE V LoadOr(const float* values, int64_t c, int64_t count, float absent) {
  const D d;
  return values == nullptr ? hn::Set(d, absent) : LoadCount(d, values + c, count);
}

// One vector of channels of all pixels: scale, bias and slopes stay in registers.
template <bool kPlain, bool kStream>
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
      if constexpr (kStream) {
        hn::Stream(x, d, args.dst + at);
      } else {
        StoreCount(d, x, args.dst + at, count);
      }
    }
  }
}

void Finish(const ToomFinishArgs& args) {
  const bool plain = !args.finish || (args.residual == nullptr && args.epilogue->activation == DECONV_ACTIVATION_NONE);
  for (int64_t c = 0; c < args.floats; c += kLanes) {
    const int64_t count = HWY_MIN(kLanes, args.floats - c);
    if (args.stream) {
      plain ? FinishVector<true, true>(args, c, count) : FinishVector<false, true>(args, c, count);
    } else {
      plain ? FinishVector<true, false>(args, c, count) : FinishVector<false, false>(args, c, count);
    }
  }
}

}  // namespace

// By outputs, then by taps.
#define DECONV_TOOM_TABLE(M)                                                                   \
  {                                                                                            \
    {&Lines<M<1, 1>>, nullptr, nullptr, nullptr, nullptr},                                     \
        {&Lines<M<2, 1>>, &Lines<M<2, 2>>, &Lines<M<2, 3>>, &Lines<M<2, 4>>, &Lines<M<2, 5>>}, \
        {&Lines<M<3, 1>>, &Lines<M<3, 2>>, &Lines<M<3, 3>>, &Lines<M<3, 4>>, nullptr},         \
        {&Lines<M<4, 1>>, &Lines<M<4, 2>>, &Lines<M<4, 3>>, nullptr, nullptr}, {               \
      &Lines<M<5, 1>>, &Lines<M<5, 2>>, nullptr, nullptr, nullptr                              \
    }                                                                                          \
  }

const ToomCookKernels* ToomCookTable() {
  static constexpr ToomCookKernels kTable = {DECONV_TOOM_TABLE(InputMatrix), DECONV_TOOM_TABLE(OutputMatrix), &Finish};
  return &kTable;
}
#undef DECONV_TOOM_TABLE

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
