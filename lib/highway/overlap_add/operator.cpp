// SPDX-License-Identifier: Apache-2.0
#include "highway/overlap_add/operator.h"

#include <algorithm>

#include "core/checked.h"
#include "core/parallel.h"
#include "highway/isa_kernels.h"
#include "highway/overlap_add/plan.h"
#include "highway/packing.h"

namespace deconv {
namespace {

Parameters with_slab_first(Parameters p) {
  for (Axes* axes : {&p.kernel, &p.stride, &p.dilation, &p.padding.begin, &p.padding.end, &p.padding.output}) slab_first(p.rank, axes);
  // A single tap has no distance to a next one: whatever was said may be too large to multiply, and needs no loop over taps.
  for (int a = 0; a < 3; ++a) {
    if (p.kernel[a] == 1) p.dilation[a] = 1;
  }
  return p;
}

// The groups, and the vector that the last row's may reach beyond them.
size_t packed_count(const Parameters& p, const std::vector<Panel>& panels, int lanes) {
  const char* what = "the packed weights' size";
  const int64_t count = checked_add(checked_mul(p.groups, packed_group(panels, p.in_channels_per_group()), what), lanes, what);
  checked_mul(count, sizeof(float), what);
  return static_cast<size_t>(count);
}

}  // namespace

OverlapAddOperator::OverlapAddOperator(const Parameters& params, int64_t targets)
    : params_(with_slab_first(params)),
      tiles_(tile_kernels(targets)),
      kernels_(overlap_add_kernels(targets)),
      isa_(best_target_name(targets)),
      panels_(split_panels(params.taps() * params.out_channels_per_group(), tiles_.lanes, tiles_.vectors)),
      lanes_(padded_lanes(panels_, tiles_.lanes)),
      weights_(packed_buffer(packed_count(params, panels_, tiles_.lanes))),
      scale_(repeat(params.scale, params.epilogue.has_scale)),
      bias_(repeat(params.bias, params.epilogue.has_bias)),
      slopes_(repeat(params.prelu_slopes, params.epilogue.activation == DECONV_ACTIVATION_PRELU)) {
  pack(params, targets);
  std::fill_n(weights_.data() + weights_.size() - tiles_.lanes, tiles_.lanes, 0.0f);
  params_.weights = nullptr;
  params_.bias = params_.scale = params_.prelu_slopes = nullptr;
}

// A group's vector repeated to as many whole vectors as it has channels: wherever a run of outputs is cut, its factors are contiguous.
AlignedBuffer<float> OverlapAddOperator::repeat(const float* values, bool present) const {
  const int64_t channels = params_.out_channels_per_group();
  AlignedBuffer<float> repeated(present ? static_cast<size_t>(params_.out_channels * kernels_.lanes) : 0);
  for (size_t i = 0; i < repeated.size(); ++i) {
    const int64_t group = static_cast<int64_t>(i) / (channels * kernels_.lanes);
    repeated[i] = values[group * channels + static_cast<int64_t>(i) % channels];
  }
  return repeated;
}

// Columns are in the order of the panels; moving an axis of extent 1 has left the taps' flat numbers as they were.
void OverlapAddOperator::pack(const Parameters& given, int64_t targets) {
  const WeightStrides strides(given);
  const int64_t inputs = given.in_channels_per_group(), outputs = given.out_channels_per_group();
  std::vector<int64_t> columns(static_cast<size_t>(given.taps() * outputs));
  for (int64_t tap = 0; tap < given.taps(); ++tap) {
    for (int64_t oc = 0; oc < outputs; ++oc) columns[tap * outputs + oc] = tap * strides.tap + oc * strides.out;
  }
  const PackedLayer layer{panels_, given.groups, inputs, inputs, columns.data(), weights_.data()};
  pack_panels(given, layer, strides, targets, [&](RowPacker& packer, int64_t begin, int64_t end, int64_t width) {
    for (int64_t ic = begin; ic < end; ++ic) packer.add(ic * strides.in, ic * width);
  });
}

std::string OverlapAddOperator::description() const { return isa_ + "/overlap_add: lanes over taps x output channels"; }

int64_t OverlapAddOperator::packed_bytes() const {
  return static_cast<int64_t>(weights_.bytes() + scale_.bytes() + bias_.bytes() + slopes_.bytes());
}

std::unique_ptr<Plan> OverlapAddOperator::plan(const Shape& shape) const { return std::make_unique<OverlapAddPlan>(*this, shape); }

}  // namespace deconv
