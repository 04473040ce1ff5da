// SPDX-License-Identifier: Apache-2.0
#include "core/geometry.h"

#include <algorithm>

#include "core/checked.h"
#include "core/division.h"

namespace deconv {
namespace {

// Pairs (i, t) of one axis whose product lands inside [0, out).
int64_t landing_pairs(const Parameters& p, const Shape& shape, int a) {
  int64_t pairs = 0;
  for (int64_t tap = 0; tap < p.kernel[a]; ++tap) {
    const int64_t offset = tap * p.dilation[a] - shape.padding.begin[a];  // o = i*S + offset
    const int64_t first = std::max<int64_t>(0, ceil_div(-offset, p.stride[a]));
    const int64_t last = std::min(shape.in[a] - 1, floor_div(shape.out[a] - 1 - offset, p.stride[a]));
    pairs = saturating_add(pairs, std::max<int64_t>(0, last - first + 1));
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
    : first_(pad_begin / stride),
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
