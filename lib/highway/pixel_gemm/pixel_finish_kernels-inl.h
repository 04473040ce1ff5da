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
    const int64_t to = at * args.step + row;
    const V residual = args.residual == nullptr ? hn::Zero(d) : hn::LoadU(d, args.residual + to);
    const V x = hn::LoadU(d, args.sums + row * args.pitch + at);
    hn::StoreU(FinishVector(d, args, row, x, args.residual == nullptr ? nullptr : &residual), d, args.dst + to);
  }
}

// One row, outputs next to each other.
void FinishPlain(const PixelFinishArgs& args) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<hn::ScalableTag<float>>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t at = 0; at < args.count; at += lanes) {
    const int64_t count = HWY_MIN(lanes, args.count - at);
    const V residual = args.residual == nullptr ? hn::Zero(d) : LoadCount(d, args.residual + at, count);
    const V x = LoadCount(d, args.sums + at, count);
    StoreCount(d, FinishVector(d, args, 0, x, args.residual == nullptr ? nullptr : &residual), args.dst + at, count);
  }
}

#if HWY_TARGET != HWY_SCALAR
// Whole vectors of kRows rows that make up dst between them; returns the positions done.
template <int kRows>
int64_t FinishInterleaved(const PixelFinishArgs& args) {
  static_assert(kRows >= 2 && kRows <= 4, "as many as Highway interleaves");
  const hn::ScalableTag<float> d;
  using V = hn::Vec<hn::ScalableTag<float>>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const bool plain = args.scale == nullptr && args.residual == nullptr && args.epilogue->activation == DECONV_ACTIVATION_NONE;
  int64_t at = 0;
  for (; at + lanes <= args.count; at += lanes) {
    V x[kRows], residual[4];
    HWY_UNROLL(4)
    for (int row = 0; row < kRows; ++row) x[row] = hn::LoadU(d, args.sums + row * args.pitch + at);
    if (!plain) {
      if (args.residual != nullptr) {
        const float* from = args.residual + at * kRows;
        if constexpr (kRows == 2) hn::LoadInterleaved2(d, from, residual[0], residual[1]);
        if constexpr (kRows == 3) hn::LoadInterleaved3(d, from, residual[0], residual[1], residual[2]);
        if constexpr (kRows == 4) hn::LoadInterleaved4(d, from, residual[0], residual[1], residual[2], residual[3]);
      }
      for (int row = 0; row < kRows; ++row)
        x[row] = FinishVector(d, args, row, x[row], args.residual == nullptr ? nullptr : &residual[row]);
    }
    float* to = args.dst + at * kRows;
    if constexpr (kRows == 2) hn::StoreInterleaved2(x[0], x[1], d, to);
    if constexpr (kRows == 3) hn::StoreInterleaved3(x[0], x[1], x[2], d, to);
    if constexpr (kRows == 4) hn::StoreInterleaved4(x[0], x[1], x[2], x[3], d, to);
  }
  return at;
}

// Four rows of four positions.
HWY_INLINE void FinishSquare(const PixelFinishArgs& args, bool plain, int64_t row, int64_t at) {
  const hn::FixedTag<float, 4> d4;
  using V = hn::Vec<hn::FixedTag<float, 4>>;
  V x[4], residual[4];
  HWY_UNROLL(4)
  for (int i = 0; i < 4; ++i) x[i] = hn::LoadU(d4, args.sums + (row + i) * args.pitch + at);
  const int64_t to = at * args.step + row;
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

// Any number of rows; from position `at`.
void FinishSquares(const PixelFinishArgs& args, int64_t at) {
#if HWY_TARGET != HWY_SCALAR
  const bool plain = args.scale == nullptr && args.residual == nullptr && args.epilogue->activation == DECONV_ACTIVATION_NONE;
  const int64_t squares = args.rows / 4 * 4;
  for (; at + 4 <= args.count; at += 4) {
    for (int64_t row = 0; row < squares; row += 4) FinishSquare(args, plain, row, at);
    for (int64_t row = squares; row < args.rows; ++row) FinishElements(args, row, at, at + 4);
  }
#endif
  for (int64_t row = 0; row < args.rows; ++row) FinishElements(args, row, at, args.count);
}

void FinishRows(const PixelFinishArgs& args) {
  if (args.step == 1) return FinishPlain(args);
  int64_t at = 0;
#if HWY_TARGET != HWY_SCALAR
  if (args.rows == args.step) {
    if (args.rows == 2) at = FinishInterleaved<2>(args);
    if (args.rows == 3) at = FinishInterleaved<3>(args);
    if (args.rows == 4) at = FinishInterleaved<4>(args);
  }
#endif
  FinishSquares(args, at);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
