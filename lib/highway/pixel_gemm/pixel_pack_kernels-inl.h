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

// At least `count` zeros, whole vectors: what they cover too much is written afterwards, or is past the last cell.
HWY_INLINE void ZeroCells(float* HWY_RESTRICT p, int64_t count) {
  const hwy::HWY_NAMESPACE::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hwy::HWY_NAMESPACE::Lanes(d));
  for (int64_t at = 0; at < count; at += lanes) hwy::HWY_NAMESPACE::StoreU(hwy::HWY_NAMESPACE::Zero(d), d, p + at);
}

// A row of one channel. The last vector's missing lanes are zeros.
HWY_INLINE void CopyRow(const float* HWY_RESTRICT src, int64_t count, float* HWY_RESTRICT dst) {
  namespace hn = hwy::HWY_NAMESPACE;
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

// Four channels of a row of pixels whose channels are neighbours.
HWY_INLINE void TransposeRow(const PixelPackArgs& args, const float* HWY_RESTRICT src, float* HWY_RESTRICT dst) {
  int64_t pixel = 0;
#if HWY_TARGET != HWY_SCALAR
  const hwy::HWY_NAMESPACE::FixedTag<float, 4> d4;
  for (; pixel + 4 <= args.count; pixel += 4) {
    hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::FixedTag<float, 4>> x[4];
    for (int i = 0; i < 4; ++i) x[i] = hwy::HWY_NAMESPACE::LoadU(d4, src + (pixel + i) * args.pixel_stride);
    Transpose4x4(x);
    for (int i = 0; i < 4; ++i) hwy::HWY_NAMESPACE::StoreU(x[i], d4, dst + i * args.plane + pixel);
  }
#endif
  for (; pixel < args.count; ++pixel) {
    for (int i = 0; i < 4; ++i) dst[i * args.plane + pixel] = src[pixel * args.pixel_stride + i];
  }
}

void PackPixels(const PixelPackArgs& args) {
  const float* src = args.src;
  for (int64_t row = 0; row < args.rows; ++row) {
    float* cells = args.dst + row * args.width;
    const bool data = row >= args.top && row < args.top + args.data_rows;
    for (int64_t channel = 0; channel < args.channels; ++channel) ZeroCells(cells + channel * args.plane, data ? args.left : args.width);
    if (!data) continue;
    int64_t channel = 0;
    float* inputs = cells + args.left;
    for (; channel + 4 <= args.channels; channel += 4) TransposeRow(args, src + channel, inputs + channel * args.plane);
    for (; channel < args.channels; ++channel) {
      for (int64_t pixel = 0; pixel < args.count; ++pixel) inputs[channel * args.plane + pixel] = src[pixel * args.pixel_stride + channel];
    }
    const int64_t right = args.width - args.left - args.count;
    for (channel = 0; channel < args.channels; ++channel) ZeroCells(inputs + channel * args.plane + args.count, right);
    src += args.row_stride;
  }
}

void PackRows(const PixelPackArgs& args) { args.pixel_stride == 1 ? PackPlanes(args) : PackPixels(args); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
