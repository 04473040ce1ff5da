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

Parameters seen_as_one_group(Parameters params, PhaseProduct product) {
  if (product == PhaseProduct::kDepthwise) params.groups = 1;
  return params;
}

size_t packed_count(const Parameters& p, int64_t lanes, int64_t inputs) {
  const char* what = "the packed weights' size";
  int64_t count = checked_mul(checked_mul(p.groups, lanes, what), inputs, what);
  count = checked_mul(count, p.taps(), what);
  checked_mul(count, sizeof(float), what);
  return static_cast<size_t>(count);
}

}  // namespace

PhaseGemmOperator::PhaseGemmOperator(const Parameters& params, int64_t targets, PhaseProduct product)
    : product_(product),
      params_(seen_as_one_group(params, product)),
      kernels_(tile_kernels(targets)),
      isa_(best_target_name(targets)),
      panels_(split_panels(params_.out_channels_per_group(), kernels_.lanes, kernels_.vectors)),
      taps_(params),
      lanes_(padded_lanes(panels_, kernels_.lanes)),
      weights_(packed_count(params_, lanes_, inputs_of_an_output())),
      scale_(pad(params.scale, params.epilogue.has_scale)),
      bias_(pad(params.bias, params.epilogue.has_bias)),
      slopes_(pad(params.prelu_slopes, params.epilogue.activation == DECONV_ACTIVATION_PRELU)) {
  const int64_t panels = static_cast<int64_t>(panels_.size());
  parallel_run(packing_threads(params), params_.groups * panels,
               [&](int, int64_t i) { pack_panel(params, i / panels, panels_[i % panels]); });
  params_.weights = nullptr;
  params_.bias = params_.scale = params_.prelu_slopes = nullptr;
}

AlignedBuffer<float> PhaseGemmOperator::pad(const float* values, bool present) const {
  AlignedBuffer<float> padded(present ? static_cast<size_t>(params_.groups * lanes_) : 0);
  std::fill_n(padded.data(), padded.size(), 0.0f);
  const int64_t channels = params_.out_channels_per_group();
  for (int64_t group = 0; present && group < params_.groups; ++group) {
    std::copy_n(values + group * channels, channels, padded.data() + group * lanes_);
  }
  return padded;
}

void PhaseGemmOperator::pack_panel(const Parameters& given, int64_t group, const Panel& panel) {
  const auto* plain = static_cast<const float*>(given.weights);
  const int64_t channels = inputs_of_an_output(), width = static_cast<int64_t>(panel.vectors) * kernels_.lanes;
  const int64_t first = depthwise() ? panel.channel : group * channels, column = depthwise() ? 0 : panel.channel;
  // Between neighbouring output channels, and neighbouring input channels of a group, the four layouts have constant strides.
  const auto distance = [&](int64_t ic, int64_t oc) { return weight_index(given, ic, oc, {}) - weight_index(given, first, 0, {}); };
  const int64_t oc_stride = panel.channels == 1 ? 0 : depthwise() ? distance(first + 1, 0) : distance(first, 1);
  const int64_t ic_stride = channels == 1 ? 0 : distance(first + 1, 0);
  float* packed = weights_.data() + (panel_weights(group, panel) - weights_.data());
  for (int64_t t = 0; t < taps_.tap_count(); ++t) {
    const float* weight = plain + weight_index(given, first, column, taps_[t].tap);
    for (int64_t ic = 0; ic < channels; ++ic, weight += ic_stride, packed += width) {
      for (int64_t oc = 0; oc < panel.channels; ++oc) packed[oc] = weight[oc * oc_stride];
      std::fill(packed + panel.channels, packed + width, 0.0f);
    }
  }
}

std::string PhaseGemmOperator::description() const {
  return isa_ + (depthwise() ? "/depthwise: lanes over the channels of all groups"
                             : "/phase_gemm: a dense GEMM for each phase, no product wasted");
}

int64_t PhaseGemmOperator::packed_bytes() const {
  return static_cast<int64_t>(weights_.bytes() + scale_.bytes() + bias_.bytes() + slopes_.bytes());
}

std::unique_ptr<Plan> PhaseGemmOperator::plan(const Shape& shape) const { return std::make_unique<PhaseGemmPlan>(*this, shape); }

}  // namespace deconv
