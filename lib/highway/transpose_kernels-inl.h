// SPDX-License-Identifier: Apache-2.0
// 4 x 4 transposes, and loads and stores of the first lanes of a vector that touch nothing beyond them.
#if defined(DECONV_HIGHWAY_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_TRANSPOSE_INL_H_
#undef DECONV_HIGHWAY_TRANSPOSE_INL_H_
#else
#define DECONV_HIGHWAY_TRANSPOSE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR
// x[i] lane j becomes x[j] lane i. Eight shuffles; 128-bit vectors on every target, since rows are four floats long.
HWY_INLINE void Transpose4x4(hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::FixedTag<float, 4>> (&x)[4]) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::FixedTag<float, 4> d;
  const hn::FixedTag<uint64_t, 2> pairs;
  const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, x[0], x[1]));
  const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, x[2], x[3]));
  const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(d, x[0], x[1]));
  const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(d, x[2], x[3]));
  x[0] = hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23));
  x[1] = hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23));
  x[2] = hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23));
  x[3] = hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23));
}
#endif

// The first `count` floats at p, other lanes zero. AVX2 and AVX-512 mask in hardware without faulting; elsewhere Highway may touch the
// whole vector, so a copy on the stack stands between.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<D> LoadCount(D d, const float* HWY_RESTRICT p, int64_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  if (HWY_LIKELY(count >= static_cast<int64_t>(hn::Lanes(d)))) return hn::LoadU(d, p);
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(d, static_cast<size_t>(count)), d, p);
#else
  HWY_ALIGN float lanes[hn::MaxLanes(d)] = {};
  for (int64_t i = 0; i < count; ++i) lanes[i] = p[i];
  return hn::Load(d, lanes);
#endif
}

// The first `count` lanes of x to p.
template <class D>
HWY_INLINE void StoreCount(D d, hwy::HWY_NAMESPACE::Vec<D> x, float* HWY_RESTRICT p, int64_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
  if (HWY_LIKELY(count >= static_cast<int64_t>(hn::Lanes(d)))) return hn::StoreU(x, d, p);
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(x, hn::FirstN(d, static_cast<size_t>(count)), d, p);
#else
  HWY_ALIGN float lanes[hn::MaxLanes(d)];
  hn::Store(x, d, lanes);
  for (int64_t i = 0; i < count; ++i) p[i] = lanes[i];
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // DECONV_HIGHWAY_TRANSPOSE_INL_H_
