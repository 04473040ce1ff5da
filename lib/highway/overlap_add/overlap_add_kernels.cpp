// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/overlap_add/overlap_add_kernels.cpp"
#include "highway/overlap_add/overlap_add_kernels.h"

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

int64_t Min(int64_t a, int64_t b) { return a < b ? a : b; }

// The step's worth of sums at pixel j, read and written once, takes its terms from the columns of pixels j - oldest .. j - newest.
void AddStep(const AddColumnsArgs& args, int row, int64_t j, int64_t newest, int64_t oldest) {
  const D d;
  for (int64_t at = 0; at < Min(args.step, args.length); at += kLanes) {
    float* HWY_RESTRICT sums = args.sums[row] + j * args.step + at;
    // The oldest column of a group is the shortest; the sums past the newest are left alone.
    const int64_t count = Min(kLanes, Min(args.step, args.length - newest * args.step) - at);
    if (count <= 0) continue;
    V x = LoadCount(d, sums, count);
    for (int64_t back = oldest; back >= newest; --back) {
      const int64_t begin = back * args.step + at, left = Min(Min(args.length, (back + 1) * args.step) - begin, kLanes);
      if (left <= 0) continue;
      x = hn::Add(x, LoadCount(d, args.columns[row] + (j - back) * args.pitch + begin, left));
    }
    StoreCount(d, x, sums, count);
  }
}

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
// Pixels [begin, end) whose columns are all in the block, steps of at most one vector: the masks are made once. Rows are the inner loop: a
// pixel's sums lie in the line that its neighbour's were just stored to, and the load waits 20 cycles for it; meanwhile the other rows go
// on.
template <int kOverlap>
HWY_NOINLINE void AddSteps(const AddColumnsArgs& args, int64_t begin, int64_t end) {
  const D d;
  const auto whole = hn::FirstN(d, static_cast<size_t>(Min(args.step, args.length)));
  const auto shortest = hn::FirstN(d, static_cast<size_t>(args.length - (kOverlap - 1) * args.step));
  const int64_t back = args.pitch - args.step;  // from a column's part for a step to the part of the column before
  for (int64_t j = begin; j < end; ++j) {
    for (int row = 0; row < args.rows; ++row) {
      const float* HWY_RESTRICT column = args.columns[row] + j * args.pitch;
      float* HWY_RESTRICT sums = args.sums[row] + j * args.step;
      V x = hn::Add(hn::MaskedLoad(whole, d, sums), hn::MaskedLoad(shortest, d, column - (kOverlap - 1) * back));
      HWY_UNROLL(8)
      for (int i = kOverlap - 2; i >= 0; --i) x = hn::Add(x, hn::MaskedLoad(whole, d, column - i * back));
      hn::BlendedStore(x, whole, d, sums);
    }
  }
}

// Whether these pixels were done.
bool AddNarrowSteps(const AddColumnsArgs& args, int64_t overlap, int64_t begin, int64_t end) {
  if (args.step > kLanes || begin >= end) return false;
  switch (overlap) {
    case 1:
      AddSteps<1>(args, begin, end);
      return true;
    case 2:
      AddSteps<2>(args, begin, end);
      return true;
    case 3:
      AddSteps<3>(args, begin, end);
      return true;
    case 4:
      AddSteps<4>(args, begin, end);
      return true;
    case 5:
      AddSteps<5>(args, begin, end);
      return true;
    default:
      return false;
  }
}
#else
bool AddNarrowSteps(const AddColumnsArgs&, int64_t, int64_t, int64_t) { return false; }
#endif

// Gathers instead of scattering: writing each column over the last would wait for store forwarding at every pixel.
void AddColumns(const AddColumnsArgs& args) {
  const int64_t overlap = (args.length + args.step - 1) / args.step, last = args.pixels + overlap - 1;
  const bool narrow = AddNarrowSteps(args, overlap, overlap - 1, args.pixels);
  for (int64_t j = 0; j < last; ++j) {
    if (narrow && j == overlap - 1) j = args.pixels;
    for (int row = 0; j < last && row < args.rows; ++row) {
      AddStep(args, row, j, HWY_MAX(int64_t{0}, j - args.pixels + 1), Min(j, overlap - 1));
    }
  }
}

void AddDilated(const AddDilatedArgs& args) {
  const D d;
  for (int64_t pixel = 0; pixel < args.pixels; ++pixel) {
    for (int64_t tap = 0; tap < args.taps; ++tap) {
      const float* column = args.columns + pixel * args.pitch + tap * args.channels;
      float* sums = args.sums + pixel * args.step + tap * args.tap_step;
      for (int64_t at = 0; at < args.channels; at += kLanes) {
        const int64_t count = Min(kLanes, args.channels - at);
        StoreCount(d, hn::Add(LoadCount(d, sums + at, count), LoadCount(d, column + at, count)), sums + at, count);
      }
    }
  }
}

HWY_INLINE V FinishVector(const FinishArgs& args, V x, int64_t pattern, const float* residual, int64_t count) {
  const D d;
  if (args.scale != nullptr) x = hn::Mul(x, hn::LoadU(d, args.scale + pattern));
  if (args.bias != nullptr) x = hn::Add(x, hn::LoadU(d, args.bias + pattern));
  if (!args.activate) return x;
  if (residual != nullptr) x = hn::Add(x, LoadCount(d, residual, count));
  const V slope = args.slopes == nullptr ? hn::Zero(d) : hn::LoadU(d, args.slopes + pattern);
  return Activate(d, *args.epilogue, x, slope);
}

void Finish(const FinishArgs& args) {
  const D d;
  if (args.dst_step == args.channels) {  // one run; the pattern of `channels` whole vectors repeats
    const int64_t floats = args.pixels * args.channels, period = args.channels * kLanes;
    for (int64_t at = 0, pattern = 0; at < floats; at += kLanes, pattern = pattern + kLanes == period ? 0 : pattern + kLanes) {
      const int64_t count = Min(kLanes, floats - at);
      const float* residual = args.residual == nullptr ? nullptr : args.residual + at;
      StoreCount(d, FinishVector(args, LoadCount(d, args.sums + at, count), pattern, residual, count), args.dst + at, count);
    }
    return;
  }
  for (int64_t pixel = 0; pixel < args.pixels; ++pixel) {
    for (int64_t at = 0; at < args.channels; at += kLanes) {
      const int64_t count = Min(kLanes, args.channels - at), to = pixel * args.dst_step + at;
      const float* residual = args.residual == nullptr ? nullptr : args.residual + to;
      const V x = LoadCount(d, args.sums + pixel * args.channels + at, count);
      StoreCount(d, FinishVector(args, x, at, residual, count), args.dst + to, count);
    }
  }
}

bool SplitChannels(const float* HWY_RESTRICT src, int64_t pixels, int64_t channels, float* HWY_RESTRICT dst, int64_t channel_stride) {
  if (channels < 2 || channels > 4) return false;
  int64_t pixel = 0;
#if HWY_TARGET != HWY_SCALAR
  const D d;
  V a, b, c, e;
  for (; pixel + kLanes <= pixels; pixel += kLanes) {
    if (channels == 2) hn::LoadInterleaved2(d, src + pixel * 2, a, b);
    if (channels == 3) hn::LoadInterleaved3(d, src + pixel * 3, a, b, c);
    if (channels == 4) hn::LoadInterleaved4(d, src + pixel * 4, a, b, c, e);
    hn::StoreU(a, d, dst + pixel);
    hn::StoreU(b, d, dst + channel_stride + pixel);
    if (channels >= 3) hn::StoreU(c, d, dst + 2 * channel_stride + pixel);
    if (channels == 4) hn::StoreU(e, d, dst + 3 * channel_stride + pixel);
  }
#endif
  for (; pixel < pixels; ++pixel) {
    for (int64_t channel = 0; channel < channels; ++channel) dst[channel * channel_stride + pixel] = src[pixel * channels + channel];
  }
  return true;
}

}  // namespace

const OverlapAddKernels* OverlapAddTable() {
  static constexpr OverlapAddKernels kTable = {static_cast<int>(kLanes), &AddColumns, &AddDilated, &Finish, &SplitChannels};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(OverlapAddTable);

const OverlapAddKernels& overlap_add_kernels(int64_t targets) { return *DECONV_DISPATCH(OverlapAddTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
