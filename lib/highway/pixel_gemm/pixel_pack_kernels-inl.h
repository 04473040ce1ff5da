// SPDX-License-Identifier: Apache-2.0
// Copies src's rows into planes of cells with zeros around them.
#if defined(DECONV_HIGHWAY_PIXEL_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_PIXEL_PACK_INL_H_
#undef DECONV_HIGHWAY_PIXEL_PACK_INL_H_
#else
#define DECONV_HIGHWAY_PIXEL_PACK_INL_H_
#endif

#include <hwy/highway.h>

#include "highway/pixel_gemm/pixel_kernels.h"
#include "highway/transpose_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// At least `count` zeros, whole vectors: what they cover too much is written afterwards, or is past the last cell.
HWY_INLINE void ZeroCells(float* HWY_RESTRICT p, int64_t count) {
  const hwy::HWY_NAMESPACE::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hwy::HWY_NAMESPACE::Lanes(d));
  for (int64_t at = 0; at < count; at += lanes) hwy::HWY_NAMESPACE::StoreU(hwy::HWY_NAMESPACE::Zero(d), d, p + at);
}

// A row of one channel. The last vector's missing lanes are zeros.
HWY_INLINE void CopyRow(const float* HWY_RESTRICT src, int64_t count, float* HWY_RESTRICT dst) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t at = 0;
  for (; at + lanes <= count; at += lanes) hn::StoreU(hn::LoadU(d, src + at), d, dst + at);
  if (at < count) hn::StoreU(LoadCount(d, src + at, count - at), d, dst + at);
}

void PackPlanes(const PixelPackArgs& args) {
  for (int64_t channel = 0; channel < args.channels; ++channel) {
    float* cells = args.dst + channel * args.plane;
    const float* src = args.src + channel * args.channel_stride;
    for (int64_t row = 0; row < args.rows; ++row, cells += args.width) {
      if (row < args.top || row >= args.top + args.data_rows) {
        ZeroCells(cells, args.width);
        continue;
      }
      ZeroCells(cells, args.left);
      CopyRow(src, args.count, cells + args.left);
      ZeroCells(cells + args.left + args.count, args.width - args.left - args.count);
      src += args.row_stride;
    }
  }
}

#if HWY_TARGET != HWY_SCALAR
// Four channels of four pixels for each block of the vector: pixel p's channels from src + p*stride.
template <class D>
HWY_INLINE hn::Vec<D> GatherBlocks(D d, const float* HWY_RESTRICT src, int64_t stride) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return hn::LoadU(d, src);
  } else {
    const hn::Half<D> half;
    const int64_t pixels = static_cast<int64_t>(hn::MaxLanes(D())) / 2;
    return hn::Combine(d, GatherBlocks(half, src + pixels * stride, stride), GatherBlocks(half, src, stride));
  }
}

// Four channels of as many pixels as a vector has lanes.
HWY_INLINE void TransposeSquares(const float* HWY_RESTRICT src, int64_t stride, float* HWY_RESTRICT dst, int64_t plane) {
  const hn::ScalableTag<float> d;
  const hn::RepartitionToWide<hn::ScalableTag<uint32_t>> pairs;
  const auto x0 = GatherBlocks(d, src, stride), x1 = GatherBlocks(d, src + stride, stride);
  const auto x2 = GatherBlocks(d, src + 2 * stride, stride), x3 = GatherBlocks(d, src + 3 * stride, stride);
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, x0, x1)), low23 = hn::BitCast(pairs, hn::InterleaveLower(d, x2, x3));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, x0, x1)), high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, x2, x3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)), d, dst);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)), d, dst + plane);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)), d, dst + 2 * plane);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)), d, dst + 3 * plane);
}
#endif

// A row of pixels whose channels are neighbours. All channels of a few pixels at a time: their lines are read once.
HWY_INLINE void TransposeRow(const PixelPackArgs& args, const float* HWY_RESTRICT src, float* HWY_RESTRICT dst) {
  int64_t pixel = 0, channel = 0;
#if HWY_TARGET != HWY_SCALAR
  constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<float>()));
  const int64_t squares = args.channels / 4 * 4;
  for (; pixel + kLanes <= args.count; pixel += kLanes) {
    const float* HWY_RESTRICT first = src + pixel * args.pixel_stride;
    for (channel = 0; channel < squares; channel += 4) {
      TransposeSquares(first + channel, args.pixel_stride, dst + channel * args.plane + pixel, args.plane);
    }
    for (; channel < args.channels; ++channel) {
      for (int64_t i = 0; i < kLanes; ++i) dst[channel * args.plane + pixel + i] = first[i * args.pixel_stride + channel];
    }
  }
  const hn::FixedTag<float, 4> d4;
  for (; pixel + 4 <= args.count; pixel += 4) {
    const float* HWY_RESTRICT first = src + pixel * args.pixel_stride;
    for (channel = 0; channel < squares; channel += 4) {
      hn::Vec<hn::FixedTag<float, 4>> x[4];
      for (int i = 0; i < 4; ++i) x[i] = hn::LoadU(d4, first + i * args.pixel_stride + channel);
      Transpose4x4(x);
      for (int i = 0; i < 4; ++i) hn::StoreU(x[i], d4, dst + (channel + i) * args.plane + pixel);
    }
    for (; channel < args.channels; ++channel) {
      for (int64_t i = 0; i < 4; ++i) dst[channel * args.plane + pixel + i] = first[i * args.pixel_stride + channel];
    }
  }
#endif
  for (; pixel < args.count; ++pixel) {
    for (channel = 0; channel < args.channels; ++channel) dst[channel * args.plane + pixel] = src[pixel * args.pixel_stride + channel];
  }
}

void PackPixels(const PixelPackArgs& args) {
  const float* src = args.src;
  for (int64_t row = 0; row < args.rows; ++row) {
    float* cells = args.dst + row * args.width;
    const bool data = row >= args.top && row < args.top + args.data_rows;
    for (int64_t channel = 0; channel < args.channels; ++channel) ZeroCells(cells + channel * args.plane, data ? args.left : args.width);
    if (!data) continue;
    float* inputs = cells + args.left;
    TransposeRow(args, src, inputs);
    const int64_t right = args.width - args.left - args.count;
    for (int64_t channel = 0; channel < args.channels; ++channel) ZeroCells(inputs + channel * args.plane + args.count, right);
    src += args.row_stride;
  }
}

void PackRows(const PixelPackArgs& args) { args.pixel_stride == 1 ? PackPlanes(args) : PackPixels(args); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
