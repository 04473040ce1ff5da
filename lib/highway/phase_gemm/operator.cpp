// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/operator.h"

#include <algorithm>

#include "core/checked.h"
#include "core/parallel.h"
#include "highway/isa_kernels.h"
#include "highway/packing.h"
#include "highway/phase_gemm/plan.h"

namespace deconv {
namespace {

// The groups, and the vector that the last row's may reach beyond them.
size_t packed_count(const Parameters& p, const std::vector<Panel>& panels, int lanes) {
  const char* what = "the packed weights' size";
  const int64_t group = packed_group(panels, checked_mul(p.in_channels_per_group(), p.taps(), what));
  const int64_t count = checked_add(checked_mul(p.groups, group, what), lanes, what);
  checked_mul(count, sizeof(float), what);
  return static_cast<size_t>(count);
}

}  // namespace

PhaseGemmOperator::PhaseGemmOperator(const Parameters& params, int64_t targets)
    : params_(params),
      kernels_(tile_kernels(targets)),
      isa_(best_target_name(targets)),
      panels_(split_panels(params_.out_channels_per_group(), kernels_.lanes, kernels_.vectors)),
      taps_(params),
      lanes_(padded_lanes(panels_, kernels_.lanes)),
      weights_(packed_buffer(packed_count(params_, panels_, kernels_.lanes))),
      vectors_(params, panels_, kernels_.lanes) {
  pack(params, targets);
  std::fill_n(weights_.data() + weights_.size() - kernels_.lanes, kernels_.lanes, 0.0f);
  params_.weights = nullptr;
  params_.bias = params_.scale = params_.prelu_slopes = nullptr;
}

void PhaseGemmOperator::pack(const Parameters& given, int64_t targets) {
  const WeightStrides strides(given);
  const int64_t inputs = params_.in_channels_per_group();
  std::vector<int64_t> columns(static_cast<size_t>(lanes_)), row_of_tap(static_cast<size_t>(taps_.tap_count()));
  for (size_t c = 0; c < columns.size(); ++c) columns[c] = static_cast<int64_t>(c) * strides.out;
  for (int64_t t = 0; t < taps_.tap_count(); ++t) {
    const Axes& tap = taps_[t].tap;
    row_of_tap[(tap[0] * params_.kernel[1] + tap[1]) * params_.kernel[2] + tap[2]] = t * inputs;
  }
  const PackedLayer layer{panels_, params_.groups, taps_.tap_count() * inputs, inputs, columns.data(), weights_.data()};
  pack_panels(given, layer, strides, targets, [&](RowPacker& packer, int64_t begin, int64_t end, int64_t width) {
    for_rows_in_memory_order(strides, begin, end, params_.taps(), [&](int64_t ic, int64_t tap) {
      packer.add(ic * strides.in + tap * strides.tap, (row_of_tap[tap] + ic) * width);
    });
  });
}

std::string PhaseGemmOperator::description() const { return isa_ + "/phase_gemm: a dense GEMM for each phase, no product wasted"; }

int64_t PhaseGemmOperator::packed_bytes() const { return static_cast<int64_t>(weights_.bytes() + vectors_.bytes()); }

std::unique_ptr<Plan> PhaseGemmOperator::plan(const Shape& shape) const { return std::make_unique<PhaseGemmPlan>(*this, shape); }

}  // namespace deconv
