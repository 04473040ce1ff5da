// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/pixel_gemm.h"

#include <algorithm>

#include "core/checked.h"
#include "core/immortal.h"
#include "highway/cost_model.h"
#include "highway/pixel_gemm/operator.h"

namespace deconv {
namespace {

int64_t times(const Axes& axes) { return saturating_mul(saturating_mul(axes[0], axes[1]), axes[2]); }

// Farthest input that a position reads, per axis.
Axes farthest(const Parameters& p) {
  Axes shift;
  for (int a = 0; a < 3; ++a) shift[a] = saturating_mul(p.dilation[a], p.kernel[a] - 1) / p.stride[a];
  return shift;
}

class PixelGemm final : public Algorithm {
 public:
  const char* name() const override { return "pixel_gemm"; }
  Support check(const Parameters& p) const override {
    // What a task holds at least: one position of all rows, and all inputs that it reads. Networks stay below 8 Ki rows and 64 Ki cells.
    constexpr int64_t kMostRows = 1 << 20, kMostCells = 1 << 20, kMostRowPhases = 1 << 12;
    const int64_t rows = saturating_mul(times(p.stride), p.out_channels_per_group());
    if (p.stride[2] > kMostRowPhases)
      return Support::no("the stride makes " + std::to_string(p.stride[2]) + " phases of a row, more than 4 Ki");
    if (rows > kMostRows) return Support::no("phases times output channels are " + std::to_string(rows) + ", more than 1 Mi");
    Axes window = farthest(p);
    for (int64_t& extent : window) extent = saturating_add(extent, 1);
    const int64_t cells = saturating_mul(times(window), std::min(p.in_channels_per_group(), kPixelChannels));
    if (cells > kMostCells)
      return Support::no("an output is reached from a window of " + std::to_string(cells) + " inputs, more than 1 Mi");
    return Support::yes("a dense GEMM over pixels; made for few output channels and for channels first");
  }
  double cost(const Parameters& params, int lanes) const override { return pixel_gemm_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<PixelGemmOperator>(params, targets);
  }
};

}  // namespace

const Algorithm& pixel_gemm() {
  static const Immortal<const PixelGemm> algorithm;
  return *algorithm;
}

}  // namespace deconv
