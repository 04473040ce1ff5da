// SPDX-License-Identifier: Apache-2.0
// Adds columns where they meet.
#if defined(DECONV_HIGHWAY_PIXEL_ADD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DECONV_HIGHWAY_PIXEL_ADD_INL_H_
#undef DECONV_HIGHWAY_PIXEL_ADD_INL_H_
#else
#define DECONV_HIGHWAY_PIXEL_ADD_INL_H_
#endif

#include <hwy/highway.h>

#include "highway/pixel_gemm/pixel_kernels.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// kVectors vectors of positions whose inputs all exist.
template <int kVectors>
HWY_INLINE void AddInner(const PixelAddArgs& args, int64_t at) {
  const hn::ScalableTag<float> d;
  constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<float>()));
  hn::Vec<hn::ScalableTag<float>> sum[kVectors];
  HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) sum[v] = hn::Set(d, args.bias);
  for (int64_t t = 0; t < args.term_count; ++t) {
    HWY_UNROLL(4)
    for (int v = 0; v < kVectors; ++v) sum[v] = hn::Add(sum[v], hn::LoadU(d, args.terms[t] + at + v * kLanes));
  }
  HWY_UNROLL(4)
  for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, args.sums + at + v * kLanes);
}

// How many of the vector's lanes are below `count`.
HWY_INLINE size_t LanesBelow(int64_t count) {
  constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<float>()));
  return static_cast<size_t>(HWY_MAX(int64_t{0}, HWY_MIN(count, kLanes)));
}

// One vector; lanes whose input does not exist read what is not theirs and drop it.
HWY_INLINE void AddEdge(const PixelAddArgs& args, int64_t at) {
  const hn::ScalableTag<float> d;
  auto sum = hn::Set(d, args.bias);
  for (int64_t t = 0; t < args.term_count; ++t) {
    const int64_t origin = args.shifts[t] - args.first - at;  // from an input to its lane
    const auto before = hn::FirstN(d, LanesBelow(args.input_begin + origin)), until = hn::FirstN(d, LanesBelow(args.input_end + origin));
    sum = hn::Add(sum, hn::IfThenElseZero(hn::AndNot(before, until), hn::LoadU(d, args.terms[t] + at)));
  }
  hn::StoreU(sum, d, args.sums + at);
}

void AddTerms(const PixelAddArgs& args) {
  constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(hn::ScalableTag<float>()));
  int64_t nearest = 0, farthest = 0;
  for (int64_t t = 0; t < args.term_count; ++t) {
    nearest = t == 0 ? args.shifts[t] : HWY_MIN(nearest, args.shifts[t]);
    farthest = HWY_MAX(farthest, args.shifts[t]);
  }
  // Positions [begin, end) have all their inputs.
  const int64_t begin = args.input_begin + farthest - args.first, end = args.input_end + nearest - args.first;
  for (int64_t at = 0; at < args.count;) {
    if (at >= begin && at + 4 * kLanes <= end) {
      AddInner<4>(args, at);
      at += 4 * kLanes;
    } else {
      const bool inner = at >= begin && at + kLanes <= end;
      inner ? AddInner<1>(args, at) : AddEdge(args, at);
      at += kLanes;
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#endif  // include guard, toggled per target
