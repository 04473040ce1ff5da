// SPDX-License-Identifier: Apache-2.0
#include "core/geometry.h"

#include <algorithm>

#include "core/checked.h"
#include "core/division.h"

namespace deconv {
namespace {

// floor(dividend / divisor) for dividends that fall by the same step each time, without dividing each time: with 4096 taps, divisions
// would take 16 us of every plan's information.
class FallingQuotient {
 public:
  FallingQuotient(int64_t dividend, int64_t step, int64_t divisor)
      : quotient_(floor_div(dividend, divisor)),
        remainder_(dividend - quotient_ * divisor),
        step_quotient_(step / divisor),
        step_remainder_(step % divisor),
        divisor_(divisor) {}

  int64_t floor() const { return quotient_; }
  int64_t ceil() const { return quotient_ + (remainder_ > 0); }
  void step() {
    quotient_ -= step_quotient_;
    remainder_ -= step_remainder_;
    if (remainder_ >= 0) return;
    remainder_ += divisor_;
    --quotient_;
  }

 private:
  int64_t quotient_, remainder_, step_quotient_, step_remainder_, divisor_;
};

// Pairs (i, t) of one axis whose product lands inside [0, out): 0 <= i*S + t*D - pad_begin < out.
int64_t landing_pairs(const Parameters& p, const Shape& shape, int a) {
  int64_t pairs = 0;
  FallingQuotient first(shape.padding.begin[a], p.dilation[a], p.stride[a]);
  FallingQuotient last(shape.padding.begin[a] + shape.out[a] - 1, p.dilation[a], p.stride[a]);
  for (int64_t tap = 0; tap < p.kernel[a]; ++tap) {
    // Never a step beyond the last tap: its position fits 64 bits, the next one's may not.
    if (tap > 0) {
      first.step();
      last.step();
    }
    const int64_t begin = std::max<int64_t>(0, first.ceil()), end = std::min(shape.in[a], last.floor() + 1);
    pairs = saturating_add(pairs, std::max<int64_t>(0, end - begin));
  }
  return pairs;
}

}  // namespace

std::vector<AxisPhase> axis_phases(int64_t kernel, int64_t stride, int64_t dilation) {
  std::vector<AxisPhase> phases(static_cast<size_t>(stride));
  for (int64_t residue = 0; residue < stride; ++residue) phases[residue].residue = residue;
  for (int64_t tap = 0; tap < kernel; ++tap) {
    const int64_t position = tap * dilation;
    phases[position % stride].taps.push_back({tap, position / stride});
  }
  return phases;
}

PhaseRanges::PhaseRanges(int64_t stride, int64_t pad_begin, int64_t out)
    : stride_(stride),
      first_(pad_begin / stride),
      first_residue_(pad_begin % stride),
      last_((pad_begin + out - 1) / stride),
      last_residue_((pad_begin + out - 1) % stride) {}

int64_t count_flops(const Parameters& params, const Shape& shape) {
  int64_t flops = saturating_mul(2, shape.batch);
  flops = saturating_mul(flops, params.in_channels);
  flops = saturating_mul(flops, params.out_channels_per_group());
  for (int a = 0; a < 3; ++a) flops = saturating_mul(flops, landing_pairs(params, shape, a));
  return flops;
}

int64_t count_bytes(const Parameters& params, const Shape& shape) {
  const auto tensor = [&](int64_t channels, const Axes& extents) {
    int64_t count = saturating_mul(shape.batch, channels);
    for (const int64_t extent : extents) count = saturating_mul(count, extent);
    return count;
  };
  const int64_t dst = tensor(params.out_channels, shape.out);
  int64_t elements = saturating_add(tensor(params.in_channels, shape.in), params.weights_count());
  elements = saturating_add(elements, dst);
  if (params.epilogue.has_residual) elements = saturating_add(elements, dst);
  const int vectors = params.epilogue.has_bias + params.epilogue.has_scale + (params.epilogue.activation == DECONV_ACTIVATION_PRELU);
  elements = saturating_add(elements, saturating_mul(vectors, params.out_channels));
  return saturating_mul(elements, sizeof(float));
}

}  // namespace deconv
