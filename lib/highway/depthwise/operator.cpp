// SPDX-License-Identifier: Apache-2.0
#include "highway/depthwise/operator.h"

#include <algorithm>

#include "core/checked.h"
#include "core/parallel.h"
#include "highway/depthwise/plan.h"
#include "highway/isa_kernels.h"
#include "highway/packing.h"

namespace deconv {
namespace {

size_t packed_count(const Parameters& p, int64_t lanes) {
  const char* what = "the packed weights' size";
  const int64_t count = checked_add(checked_mul(p.out_channels, p.taps(), what), lanes - 1, what);
  checked_mul(count, sizeof(float), what);
  return static_cast<size_t>(count);
}

}  // namespace

DepthwiseOperator::DepthwiseOperator(const Parameters& params, int64_t targets)
    : params_(params),
      step_kernels_(deconv::step_kernels(targets)),
      plane_kernels_(deconv::plane_kernels(targets)),
      isa_(best_target_name(targets)),
      units_(params.dst_layout == DECONV_CHANNELS_FIRST ? params.out_channels : 1),
      weights_(packed_count(params, step_kernels_.lanes)),
      scale_(repeat(params.scale, params.epilogue.has_scale)),
      bias_(repeat(params.bias, params.epilogue.has_bias)),
      slopes_(repeat(params.prelu_slopes, params.epilogue.activation == DECONV_ACTIVATION_PRELU)) {
  pack(params);
  params_.weights = nullptr;
  params_.bias = params_.scale = params_.prelu_slopes = nullptr;
}

AlignedBuffer<float> DepthwiseOperator::repeat(const float* values, bool present) const {
  AlignedBuffer<float> result(present ? static_cast<size_t>(units_ * repeated()) : 0);
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t unit = static_cast<int64_t>(i) / repeated(), at = static_cast<int64_t>(i) % repeated();
    result[i] = values[unit * channels() + at % channels()];
  }
  return result;
}

void DepthwiseOperator::pack(const Parameters& given) {
  const WeightStrides strides(given);
  const int64_t taps = given.taps(), multiplier = given.out_channels_per_group();
  parallel_run(packing_threads(given), taps, [&](int, int64_t tap) {
    for (int64_t oc = 0; oc < given.out_channels; ++oc) {
      const int64_t unit = oc / channels(), channel = oc % channels();
      weights_[static_cast<size_t>((unit * taps + tap) * channels() + channel)] = *strides.at(oc / multiplier, oc % multiplier, tap);
    }
  });
  std::fill(weights_.data() + given.weights_count(), weights_.data() + weights_.size(), 0.0f);
}

std::string DepthwiseOperator::description() const { return isa_ + "/depthwise: lanes over neighbours in dst"; }

int64_t DepthwiseOperator::packed_bytes() const {
  return static_cast<int64_t>(weights_.bytes() + scale_.bytes() + bias_.bytes() + slopes_.bytes());
}

std::unique_ptr<Plan> DepthwiseOperator::plan(const Shape& shape) const { return std::make_unique<DepthwisePlan>(*this, shape); }

}  // namespace deconv
