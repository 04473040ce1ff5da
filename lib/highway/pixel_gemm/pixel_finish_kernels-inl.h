// SPDX-License-Identifier: Apache-2.0
// Rows of sums become outputs: epilogue, then interleaved into dst's order.
#if defined(DECONV_HIGHWAY_PIXEL_FINISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_PIXEL_FINISH_INL_H_
#undef DECONV_HIGHWAY_PIXEL_FINISH_INL_H_
#else
#define DECONV_HIGHWAY_PIXEL_FINISH_INL_H_
#endif

#include <hwy/highway.h>

#include "highway/epilogue_kernels-inl.h"
#include "highway/pixel_gemm/pixel_kernels.h"
#include "highway/transpose_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE bool IsPlain(const PixelFinishArgs& args) {
  return args.scale == nullptr && args.residual == nullptr && args.epilogue->activation == DECONV_ACTIVATION_NONE;
}

// `residual` points to its vector in registers, null where absent. Scale and bias as one MulAdd: no compiler contracts them in one caller
// only, which would make an output depend on the vector that it was in.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V FinishVector(D d, const PixelFinishArgs& args, int64_t row, V x, const V* residual) {
  if (args.scale != nullptr) x = hn::MulAdd(x, hn::Set(d, args.scale[row]), hn::Set(d, args.bias[row]));
  if (residual != nullptr) x = hn::Add(x, *residual);
  const V slope = args.slopes == nullptr ? hn::Zero(d) : hn::Set(d, args.slopes[row]);
  return Activate(d, *args.epilogue, x, slope);
}

// Positions of one row whose outputs are `step` apart.
HWY_INLINE void FinishElements(const PixelFinishArgs& args, int64_t row, int64_t begin, int64_t end) {
  const hn::CappedTag<float, 1> d;
  using V = hn::Vec<hn::CappedTag<float, 1>>;
  for (int64_t at = begin; at < end; ++at) {
    const int64_t to = at * args.step + row - args.begin;
    const V residual = args.residual == nullptr ? hn::Zero(d) : hn::LoadU(d, args.residual + to);
    const V x = hn::LoadU(d, args.sums + row * args.pitch + at);
    hn::StoreU(FinishVector(d, args, row, x, args.residual == nullptr ? nullptr : &residual), d, args.dst + to);
  }
}

HWY_INLINE void CopyFloats(const float* from, int64_t count, float* to) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t at = 0; at < count; at += lanes) StoreCount(d, LoadCount(d, from + at, count - at), to + at, count - at);
}

template <int kRows, class D, class V>
HWY_INLINE void LoadRows(D d, const float* from, V (&x)[kRows]) {
  if constexpr (kRows == 1) x[0] = hn::LoadU(d, from);
  if constexpr (kRows == 2) hn::LoadInterleaved2(d, from, x[0], x[1]);
  if constexpr (kRows == 3) hn::LoadInterleaved3(d, from, x[0], x[1], x[2]);
  if constexpr (kRows == 4) hn::LoadInterleaved4(d, from, x[0], x[1], x[2], x[3]);
}

template <int kRows, class D, class V>
HWY_INLINE void StoreRows(D d, const V (&x)[kRows], float* to) {
  if constexpr (kRows == 1) hn::StoreU(x[0], d, to);
  if constexpr (kRows == 2) hn::StoreInterleaved2(x[0], x[1], d, to);
  if constexpr (kRows == 3) hn::StoreInterleaved3(x[0], x[1], x[2], d, to);
  if constexpr (kRows == 4) hn::StoreInterleaved4(x[0], x[1], x[2], x[3], d, to);
}

// kRows rows that make up dst between them, a vector of positions at a time. The first and last vectors, of which some outputs do not
// exist, go through a buffer.
template <int kRows>
void FinishInterleaved(const PixelFinishArgs& args) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<hn::ScalableTag<float>>;
  constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<float>()));
  const bool plain = IsPlain(args);
  HWY_ALIGN float buffer[kRows * kLanes];
  for (int64_t at = 0; at < args.count; at += kLanes) {
    const int64_t first = at * kRows, begin = HWY_MAX(args.begin, first), end = HWY_MIN(args.end, first + kRows * kLanes);
    const bool whole = end - begin == kRows * kLanes;
    V x[kRows];
    HWY_UNROLL(4)
    for (int row = 0; row < kRows; ++row) x[row] = hn::LoadU(d, args.sums + row * args.pitch + at);
    if (!plain) {
      V residual[kRows];
      for (int row = 0; row < kRows; ++row) residual[row] = hn::Zero(d);
      if (args.residual != nullptr) {
        const float* from = args.residual + begin - args.begin;
        if (!whole) CopyFloats(from, end - begin, buffer + begin - first);
        LoadRows<kRows>(d, whole ? from : buffer, residual);
      }
      for (int row = 0; row < kRows; ++row)
        x[row] = FinishVector(d, args, row, x[row], args.residual == nullptr ? nullptr : &residual[row]);
    }
    float* to = args.dst + begin - args.begin;
    if (args.stream && whole) {
      StoreRows<kRows>(d, x, buffer);
      HWY_UNROLL(4)
      for (int v = 0; v < kRows; ++v) hn::Stream(hn::Load(d, buffer + v * kLanes), d, to + v * kLanes);
      continue;
    }
    StoreRows<kRows>(d, x, whole ? to : buffer);
    if (!whole) CopyFloats(buffer + begin - first, end - begin, to);
  }
}

#if HWY_TARGET != HWY_SCALAR
// Four rows of four positions.
HWY_INLINE void FinishSquare(const PixelFinishArgs& args, bool plain, int64_t row, int64_t at) {
  const hn::FixedTag<float, 4> d4;
  using V = hn::Vec<hn::FixedTag<float, 4>>;
  V x[4], residual[4];
  HWY_UNROLL(4)
  for (int i = 0; i < 4; ++i) x[i] = hn::LoadU(d4, args.sums + (row + i) * args.pitch + at);
  const int64_t to = at * args.step + row - args.begin;
  if (!plain) {
    if (args.residual != nullptr) {
      for (int i = 0; i < 4; ++i) residual[i] = hn::LoadU(d4, args.residual + to + i * args.step);
      Transpose4x4(residual);
    }
    for (int i = 0; i < 4; ++i) x[i] = FinishVector(d4, args, row + i, x[i], args.residual == nullptr ? nullptr : &residual[i]);
  }
  Transpose4x4(x);
  HWY_UNROLL(4)
  for (int i = 0; i < 4; ++i) hn::StoreU(x[i], d4, args.dst + to + i * args.step);
}
#endif

// Any number of rows. Positions of which some outputs do not exist, the first and the last, one by one.
void FinishSquares(const PixelFinishArgs& args) {
  int64_t at = 0, last = args.count;
  const int64_t missing = args.step == args.rows ? args.count * args.rows - args.end : 0;
  if (args.begin > 0) {
    const int64_t end = args.count == 1 ? args.rows - missing : args.rows;
    for (int64_t row = args.begin; row < end; ++row) FinishElements(args, row, 0, 1);
    ++at;
  }
  if (missing > 0 && at < last) {
    --last;
    for (int64_t row = 0; row < args.rows - missing; ++row) FinishElements(args, row, last, last + 1);
  }
#if HWY_TARGET != HWY_SCALAR
  const bool plain = IsPlain(args);
  const int64_t squares = args.rows / 4 * 4;
  // Rows and positions that fill no square are done in one that overlaps another, unless a residual would be added twice.
  const bool overlap = args.residual == nullptr && args.rows >= 4;
  for (; at < last && (last - at >= 4 || (overlap && last >= 4)); at += 4) {
    at = HWY_MIN(at, last - 4);
    if (at < (args.begin > 0 ? 1 : 0)) break;
    for (int64_t row = 0; row < squares; row += 4) FinishSquare(args, plain, row, at);
    if (overlap && squares < args.rows) FinishSquare(args, plain, args.rows - 4, at);
    for (int64_t row = squares; !overlap && row < args.rows; ++row) FinishElements(args, row, at, at + 4);
  }
  at = HWY_MAX(at, args.begin > 0 ? 1 : 0);
#endif
  for (int64_t row = 0; row < args.rows; ++row) FinishElements(args, row, at, last);
}

void FinishRows(const PixelFinishArgs& args) {
  if (args.rows == args.step) {
    if (args.rows == 1) return FinishInterleaved<1>(args);
#if HWY_TARGET != HWY_SCALAR
    if (args.rows == 2) return FinishInterleaved<2>(args);
    if (args.rows == 3) return FinishInterleaved<3>(args);
    if (args.rows == 4) return FinishInterleaved<4>(args);
#endif
  }
  FinishSquares(args);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
