// SPDX-License-Identifier: Apache-2.0
#include "machine_kernels.h"

// Arrays of vectors stay in registers everywhere but on scalable targets, where they do not compile. A build may disable others instead.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "machine_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace deconv::bench {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Independent chains hide the latency: 2 pipes x 4 cycles need 8, NEON cores with 4 pipes x 4 cycles need 16 and have 32 registers;
// 12 plus two constants is what fits the 16 registers of AVX2.
constexpr int kChains = HWY_TARGET == HWY_NEON ? 16 : 12;

int64_t FmaRounds(int64_t rounds, float* sink) {
  const D d;
  const V scale = hn::Set(d, 0.5f);
  const V shift = hn::Set(d, 1.0f);
  V sum[kChains];
  // Starts the compiler does not know: from a constant 2, the fixed point of x/2 + 1, clang 19 drops the chain and reports 9 % too much.
  for (int c = 0; c < kChains; ++c) sum[c] = hn::Set(d, *sink + static_cast<float>(c));
  for (int64_t r = 0; r < rounds; ++r) {
    HWY_UNROLL(16)
    for (int c = 0; c < kChains; ++c) sum[c] = hn::MulAdd(sum[c], scale, shift);
  }
  V total = sum[0];
  for (int c = 1; c < kChains; ++c) total = hn::Add(total, sum[c]);
  *sink += hn::GetLane(hn::SumOfLanes(d, total));
  return rounds * kChains * static_cast<int64_t>(hn::Lanes(d)) * 2;
}

float StreamRead(const float* HWY_RESTRICT from, size_t count) {
  const D d;
  const size_t n = hn::Lanes(d);
  V a = hn::Zero(d), b = a, c = a, e = a;
  for (size_t i = 0; i < count; i += 4 * n) {
    a = hn::Add(a, hn::Load(d, from + i));
    b = hn::Add(b, hn::Load(d, from + i + n));
    c = hn::Add(c, hn::Load(d, from + i + 2 * n));
    e = hn::Add(e, hn::Load(d, from + i + 3 * n));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

void StreamCopy(const float* HWY_RESTRICT from, float* HWY_RESTRICT to, size_t count) {
  const D d;
  const size_t n = hn::Lanes(d);
  for (size_t i = 0; i < count; i += 2 * n) {
    hn::Store(hn::Load(d, from + i), d, to + i);
    hn::Store(hn::Load(d, from + i + n), d, to + i + n);
  }
}

void StreamFill(float* HWY_RESTRICT to, size_t count) {
  const D d;
  const size_t n = hn::Lanes(d);
  const V value = hn::Set(d, 1.0f);
  for (size_t i = 0; i < count; i += 2 * n) {
    hn::Store(value, d, to + i);
    hn::Store(value, d, to + i + n);
  }
}

const char* Target() { return hwy::TargetName(HWY_TARGET); }

int Lanes() { return static_cast<int>(hn::Lanes(D())); }

}  // namespace HWY_NAMESPACE
}  // namespace deconv::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace deconv::bench {
HWY_EXPORT(FmaRounds);
HWY_EXPORT(StreamRead);
HWY_EXPORT(StreamCopy);
HWY_EXPORT(StreamFill);
HWY_EXPORT(Target);
HWY_EXPORT(Lanes);

int64_t fma_rounds(int64_t rounds, float* sink) { return HWY_DYNAMIC_DISPATCH(FmaRounds)(rounds, sink); }
float stream_read(const float* from, size_t count) { return HWY_DYNAMIC_DISPATCH(StreamRead)(from, count); }
void stream_copy(const float* from, float* to, size_t count) { HWY_DYNAMIC_DISPATCH(StreamCopy)(from, to, count); }
void stream_fill(float* to, size_t count) { HWY_DYNAMIC_DISPATCH(StreamFill)(to, count); }
int machine_lanes() { return HWY_DYNAMIC_DISPATCH(Lanes)(); }
const char* machine_target() { return HWY_DYNAMIC_DISPATCH(Target)(); }

}  // namespace deconv::bench
#endif
