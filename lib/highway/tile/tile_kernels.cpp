// SPDX-License-Identifier: Apache-2.0
// Compiled once per instruction set. Orientation: lanes over output channels, src scalars are broadcast.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "highway/tile/tile_kernels.cpp"
#include "highway/tile/tile_kernels.h"

#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <utility>

#include "highway/epilogue_kernels-inl.h"
#include "highway/transpose_kernels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace deconv {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));

// Accumulators fill the register file less the weights and one broadcast; more than ten row pointers spill, into vector registers, which
// costs FMA slots. Four taps of 256 channels from L1, one core of an AVX-512 server with an FMA peak of 117 GFLOP/s: 8 x 48 runs at 113, 6
// x 64 at 103, 14 x 32 at 100. Whole layers of 64 output channels: 10 x 32 at 109 (256->64 k2 s2), 8 x 32 at 105, 12 x 32 at 93.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_ARCH_ARM_A64
constexpr int kVectors = 3;
constexpr int kRows[kMaxTileVectors] = {10, 10, 8};
#else  // 16 registers
constexpr int kVectors = 2;
constexpr int kRows[kMaxTileVectors] = {10, 6, 0};
#endif
static_assert(kVectors <= kMaxTileVectors && kRows[0] <= kMaxTileRows && kRows[1] <= kRows[0], "tables hold the largest tiles");

// Reads x from memory again afterwards. g++ otherwise keeps what a loop leaves no general register for in vector registers, and the way
// back queues behind the loop's multiply-adds: the next tap's addresses are late by all of them.
template <class T>
HWY_INLINE void InMemory(T& x) {
#if HWY_COMPILER_GCC && HWY_ARCH_X86
  asm volatile("" : "+m"(x));
#endif
}

HWY_INLINE void PrefetchL2(const float* p) {
#if HWY_COMPILER_GCC || HWY_COMPILER_CLANG
  __builtin_prefetch(p, 0, 2);
#else
  hwy::Prefetch(p);
#endif
}

// Sums of one tile: acc[m][v] += src[row m][channel] * weights[channel][v], tap after tap, channel after channel. The order is the same
// in every tile shape, so an output does not depend on where tiles begin. kWhole: rows of weights are the panel's lanes apart, which leaves
// a general register to the row pointers.
template <bool kWhole, int kM, int kN>
HWY_INLINE void Accumulate(const TileArgs*& at, V (&acc)[kM][kN]) {
  const D d;
  HWY_UNROLL(10)
  for (int m = 0; m < kM; ++m) {
    HWY_UNROLL(4)
    for (int v = 0; v < kN; ++v) acc[m][v] = at->resume ? hn::Load(d, at->partial + (m * kN + v) * kLanes) : hn::Zero(d);
  }
  for (int64_t t = 0; t < at->tap_count; ++t) {
    const TileArgs& args = *at;
    const TileTap& tap = args.taps[t];
    const int64_t pitch = kWhole ? kN * kLanes : args.pitch, channels = args.channels;
    const int64_t first = args.input - tap.back;
    const float* HWY_RESTRICT weights = args.weights + tap.weights * args.tap_rows * pitch;
    const float* HWY_RESTRICT rows[kM];
    const int64_t ahead = args.ahead;
    HWY_UNROLL(10)
    for (int m = 0; m < kM; ++m) rows[m] = args.src + (args.inputs[m] + first);
    for (int64_t c = 0; c < channels; ++c, weights += pitch) {
      V w[kN];
      PrefetchL2(weights + ahead);
      HWY_UNROLL(4)
      for (int v = 0; v < kN; ++v) w[v] = hn::LoadU(d, weights + v * kLanes);
      HWY_UNROLL(10)
      for (int m = 0; m < kM; ++m) {
        const V x = hn::Set(d, rows[m][c]);
        HWY_UNROLL(4)
        for (int v = 0; v < kN; ++v) acc[m][v] = hn::MulAdd(x, w[v], acc[m][v]);
      }
    }
    InMemory(at);
    InMemory(t);
  }
}

template <int kM, int kN>
HWY_INLINE void ScaleAndBias(const TileArgs& args, V (&acc)[kM][kN]) {
  const D d;
  if (args.scale != nullptr) {
    HWY_UNROLL(4)
    for (int v = 0; v < kN; ++v) {
      const V scale = hn::Load(d, args.scale + v * kLanes);
      HWY_UNROLL(10)
      for (int m = 0; m < kM; ++m) acc[m][v] = hn::Mul(acc[m][v], scale);
    }
  }
  if (args.bias != nullptr) {
    HWY_UNROLL(4)
    for (int v = 0; v < kN; ++v) {
      const V bias = hn::Load(d, args.bias + v * kLanes);
      HWY_UNROLL(10)
      for (int m = 0; m < kM; ++m) acc[m][v] = hn::Add(acc[m][v], bias);
    }
  }
}

// Residual and activation of one vector; `count` lanes of it exist in dst.
HWY_INLINE V FinishVector(const TileArgs& args, V x, V slope, int64_t offset, int64_t count) {
  if (!args.finish) return x;
  const D d;
  if (args.residual != nullptr) x = hn::Add(x, LoadCount(d, args.residual + offset, count));
  return Activate(d, *args.epilogue, x, slope);
}

// Plain sums and bias, whole vectors: the store is all there is to do.
template <bool kStream, int kM, int kN>
HWY_INLINE void StoreTile(const TileArgs& args, const V (&acc)[kM][kN]) {
  const D d;
  HWY_UNROLL(10)
  for (int m = 0; m < kM; ++m) {
    float* HWY_RESTRICT row = args.dst + args.offsets[m];
    HWY_UNROLL(4)
    for (int v = 0; v < kN; ++v) {
      if constexpr (kStream) {
        hn::Stream(acc[m][v], d, row + v * kLanes);
      } else {
        hn::StoreU(acc[m][v], d, row + v * kLanes);
      }
    }
  }
}

template <int kM, int kN>
HWY_INLINE void AddSums(const V (&acc)[kM][kN], float* HWY_RESTRICT to) {
  const D d;
  HWY_UNROLL(10)
  for (int m = 0; m < kM; ++m) {
    HWY_UNROLL(4)
    for (int v = 0; v < kN; ++v) {
      float* at = to + (m * kN + v) * kLanes;
      hn::Store(hn::Add(hn::Load(d, at), acc[m][v]), d, at);
    }
  }
}

template <int kM, int kN>
HWY_INLINE void StoreSums(const V (&acc)[kM][kN], float* HWY_RESTRICT to) {
  const D d;
  HWY_UNROLL(10)
  for (int m = 0; m < kM; ++m) {
    HWY_UNROLL(4)
    for (int v = 0; v < kN; ++v) hn::Store(acc[m][v], d, to + (m * kN + v) * kLanes);
  }
}

// Everything else goes through memory once, so that the loop over the tile is code once, not kM * kN times.
template <int kM, int kN>
HWY_INLINE void FinishTile(const TileArgs& args, const V (&acc)[kM][kN]) {
  const D d;
  HWY_ALIGN float tile[kM * kN * kLanes];
  StoreSums<kM, kN>(acc, tile);
  for (int m = 0; m < kM; ++m) {
    for (int v = 0; v < kN; ++v) {
      const int64_t count = HWY_MIN(static_cast<int64_t>(kLanes), args.columns - v * kLanes), at = args.offsets[m] + v * kLanes;
      const V slope = args.slopes == nullptr ? hn::Zero(d) : hn::Load(d, args.slopes + v * kLanes);
      const V x = FinishVector(args, hn::Load(d, tile + (m * kN + v) * kLanes), slope, at, count);
      args.stream ? hn::Stream(x, d, args.dst + at) : StoreCount(d, x, args.dst + at, count);
    }
  }
}

template <int kM, int kN>
HWY_INLINE void Finish(const TileArgs& args, V (&acc)[kM][kN]) {
  if (args.pause) return args.add ? AddSums<kM, kN>(acc, args.partial) : StoreSums<kM, kN>(acc, args.partial);
  ScaleAndBias<kM, kN>(args, acc);
  const bool plain = !args.finish || (args.residual == nullptr && args.epilogue->activation == DECONV_ACTIVATION_NONE);
  if (plain && args.columns == kN * kLanes) {
    args.stream ? StoreTile<true, kM, kN>(args, acc) : StoreTile<false, kM, kN>(args, acc);
  } else {
    FinishTile<kM, kN>(args, acc);
  }
}

// A store that waits for its line holds up the stores behind it, and memory's own prefetcher starts anew at each page: asked for a tile
// ahead, the lines arrive during its sums. 64->64 k2 s2 on 80x80, outputs: 3.05 -> 2.14 ms; 64->32 k4 s2 on 36224, inputs: 6.6 -> 6.2 ms.
template <int kM, int kN>
HWY_INLINE void PrefetchNext(const TileArgs& args) {
  constexpr int kLine = HWY_MAX(kLanes, 16);
  if (args.next_offsets != nullptr) {
    HWY_UNROLL(10)
    for (int m = 0; m < kM; ++m) {
      HWY_UNROLL(4)
      for (int at = 0; at < kN * kLanes; at += kLine) hwy::Prefetch(args.next_dst + args.next_offsets[m] + at);
    }
  }
  if (args.next_inputs == nullptr) return;
  HWY_UNROLL(10)
  for (int m = 0; m < kM; ++m) {
    const float* row = args.src + (args.next_input + args.next_inputs[m]);
    for (int64_t c = 0; c < args.channels; c += kLine) hwy::Prefetch(row + c);
  }
}

template <int kM, int kN>
void Tile(const TileArgs& args) {
  PrefetchNext<kM, kN>(args);
  V acc[kM][kN];
  const TileArgs* at = &args;
  InMemory(at);
  at->pitch == kN* kLanes ? Accumulate<true, kM, kN>(at, acc) : Accumulate<false, kM, kN>(at, acc);
  Finish<kM, kN>(*at, acc);
}

using TileFunction = void (*)(const TileArgs&);

template <int kM, int kN>
constexpr TileFunction TileOrNull() {
  if constexpr (kM <= kRows[kN - 1]) {
    return &Tile<kM, kN>;
  } else {
    return nullptr;
  }
}

// kTable[(rows - 1) * kVectors + vectors - 1]
template <class Indices>
struct Tiles;
template <size_t... kIndex>
struct Tiles<std::index_sequence<kIndex...>> {
  static constexpr TileFunction kTable[] = {TileOrNull<kIndex / kVectors + 1, kIndex % kVectors + 1>()...};
};
using Shapes = std::make_index_sequence<kRows[0] * kVectors>;

// Finishes one output element by element: tails of rows and channels that no 4 x 4 block covers.
void StoreElements(const StoreRowsArgs& args, int64_t channel, int64_t pixel_begin, int64_t pixel_end) {
  const hn::CappedTag<float, 1> d1;
  float* dst = args.dst + channel * args.channel_stride;
  const auto slope = hn::Set(d1, args.slopes == nullptr ? 0.0f : args.slopes[channel]);
  for (int64_t pixel = pixel_begin; pixel < pixel_end; ++pixel) {
    auto x = hn::Set(d1, args.block[pixel * args.pitch + channel]);
    if (args.residual != nullptr) {
      x = hn::Add(x, hn::LoadU(d1, args.residual + channel * args.channel_stride + pixel));
      x = Activate(d1, *args.epilogue, x, slope);
    }
    hn::StoreU(x, d1, dst + pixel);
  }
}

void FlushStreams() { hwy::FlushStream(); }

void StoreRows(const StoreRowsArgs& args) {
  int64_t channel = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d4;
  for (; channel + 4 <= args.channels; channel += 4) {
    int64_t pixel = 0;
    for (; pixel + 4 <= args.pixels; pixel += 4) {
      const float* HWY_RESTRICT block = args.block + pixel * args.pitch + channel;
      hn::Vec<hn::FixedTag<float, 4>> x[4];
      for (int i = 0; i < 4; ++i) x[i] = hn::LoadU(d4, block + i * args.pitch);
      Transpose4x4(x);
      for (int i = 0; i < 4; ++i) {
        const int64_t at = (channel + i) * args.channel_stride + pixel;
        if (args.residual != nullptr) {
          const auto slope = hn::Set(d4, args.slopes == nullptr ? 0.0f : args.slopes[channel + i]);
          x[i] = Activate(d4, *args.epilogue, hn::Add(x[i], hn::LoadU(d4, args.residual + at)), slope);
        }
        hn::StoreU(x[i], d4, args.dst + at);
      }
    }
    for (int64_t i = channel; i < channel + 4; ++i) StoreElements(args, i, pixel, args.pixels);
  }
#endif
  for (; channel < args.channels; ++channel) StoreElements(args, channel, 0, args.pixels);
}

void PackPixels(const PackPixelsArgs& args) {
  int64_t channel = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d4;
  for (; channel + 4 <= args.channels; channel += 4) {
    const float* HWY_RESTRICT src = args.src + channel * args.channel_stride;
    int64_t pixel = 0;
    for (; pixel + 4 <= args.pixels; pixel += 4) {
      hn::Vec<hn::FixedTag<float, 4>> x[4];
      for (int i = 0; i < 4; ++i) x[i] = hn::LoadU(d4, src + i * args.channel_stride + pixel);
      Transpose4x4(x);
      for (int i = 0; i < 4; ++i) hn::StoreU(x[i], d4, args.dst + (pixel + i) * args.pitch + channel);
    }
    for (; pixel < args.pixels; ++pixel) {
      for (int i = 0; i < 4; ++i) args.dst[pixel * args.pitch + channel + i] = src[i * args.channel_stride + pixel];
    }
  }
#endif
  for (; channel < args.channels; ++channel) {
    const float* HWY_RESTRICT src = args.src + channel * args.channel_stride;
    for (int64_t pixel = 0; pixel < args.pixels; ++pixel) args.dst[pixel * args.pitch + channel] = src[pixel];
  }
}

}  // namespace

const TileKernels* TileTable() {
  static constexpr TileKernels kTable = {kLanes,     kVectors,   {kRows[0], kRows[1], kRows[2]}, Tiles<Shapes>::kTable, &FlushStreams,
                                         &StoreRows, &PackPixels};
  return &kTable;
}

}  // namespace HWY_NAMESPACE
}  // namespace deconv
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "highway/dispatch_kernels-inl.h"

namespace deconv {

HWY_EXPORT(TileTable);

const TileKernels& tile_kernels(int64_t targets) { return *DECONV_DISPATCH(TileTable, targets)(); }

}  // namespace deconv
#endif  // HWY_ONCE
