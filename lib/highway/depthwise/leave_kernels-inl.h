// SPDX-License-Identifier: Apache-2.0
// What the two kernels of depthwise share. Compiled once per target.
#if defined(DECONV_HIGHWAY_LEAVE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_LEAVE_INL_H_
#undef DECONV_HIGHWAY_LEAVE_INL_H_
#else
#define DECONV_HIGHWAY_LEAVE_INL_H_
#endif

#include <hwy/highway.h>

#include "highway/depthwise/finish.h"
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

HWY_INLINE int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }

// How a vector of sums leaves: as it is, past the caches, with scale and bias, with the whole epilogue.
enum class Leave { kSums, kStream, kAffine, kFinish };

// Whether vectors that begin at multiples of `step` are whole lines: part of one would be read from memory and written back.
HWY_INLINE bool IsLines(const float* dst, int64_t step) {
  return kLanes == kLine && step % kLine == 0 && reinterpret_cast<uintptr_t>(dst) % 64 == 0;
}

HWY_INLINE bool HasNoActivation(const DepthwiseFinish& finish) { return finish.epilogue->activation == DECONV_ACTIVATION_NONE; }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
