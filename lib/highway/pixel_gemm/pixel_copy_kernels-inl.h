// SPDX-License-Identifier: Apache-2.0
// Copies the box of src that is multiplied next, a vector for each input channel of a step that is multiplied now.
#if defined(DECONV_HIGHWAY_PIXEL_COPY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_PIXEL_COPY_INL_H_
#undef DECONV_HIGHWAY_PIXEL_COPY_INL_H_
#else
#define DECONV_HIGHWAY_PIXEL_COPY_INL_H_
#endif

#include <hwy/highway.h>

#include "highway/pixel_gemm/pixel_kernels.h"
#include "highway/pixel_gemm/pixel_pack_kernels-inl.h"
#include "highway/transpose_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// A run in registers. No calls: one would store all accumulators.
struct Copier {
  HWY_INLINE explicit Copier(PixelCopy& copy) : runs(copy), from(copy.from), to(copy.to), left(copy.wait > 0 ? 0 : copy.left) {}
  // Lanes past the run are zeros, which the next run writes over.
  HWY_INLINE void Vector() {
    if (HWY_UNLIKELY(left == 0)) return;
    const hn::ScalableTag<float> d;
    constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<float>()));
    hn::StoreU(LoadCount(d, from, left), d, to);
    from += kLanes;
    to += kLanes;
    left -= kLanes;
    if (HWY_LIKELY(left > 0)) return;
    NextRun();
  }
  HWY_INLINE void NextRun() {
    ZeroBorder(runs.to_start[0] + runs.floats);
    left = runs.floats;
    if (++runs.index[0] < runs.count[0]) {
      from = runs.from_start[0] += runs.from_stride[0];
      to = runs.to_start[0] += runs.to_stride[0];
    } else if (runs.index[0] = 0; ++runs.index[1] < runs.count[1]) {
      from = runs.from_start[0] = runs.from_start[1] += runs.from_stride[1];
      to = runs.to_start[0] = runs.to_start[1] += runs.to_stride[1];
    } else if (runs.index[1] = 0; ++runs.index[2] < runs.count[2]) {
      from = runs.from_start[0] = runs.from_start[1] = runs.from_start[2] += runs.from_stride[2];
      to = runs.to_start[0] = runs.to_start[1] = runs.to_start[2] += runs.to_stride[2];
    } else {
      left = 0;
    }
  }
  static HWY_INLINE void ZeroBorder(float* cells) {
    const hn::CappedTag<float, kPixelTail> d;
    for (int64_t i = 0; i < kPixelTail; i += static_cast<int64_t>(hn::Lanes(d))) hn::StoreU(hn::Zero(d), d, cells + i);
  }
  HWY_INLINE void Keep() {
    if (runs.wait > 0) {
      --runs.wait;
      return;
    }
    runs.from = from;
    runs.to = to;
    runs.left = left;
  }
  PixelCopy& runs;
  const float* from;
  float* to;
  int64_t left;
};

void CopyRest(PixelCopy& copy) {
  copy.wait = 0;
  Copier copier(copy);
  while (copier.left > 0) copier.Vector();
  copier.Keep();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
