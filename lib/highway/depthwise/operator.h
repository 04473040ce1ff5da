// SPDX-License-Identifier: Apache-2.0
// What depthwise keeps of a layer.
#pragma once

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/depthwise/plane_kernels.h"
#include "highway/depthwise/step_kernels.h"

namespace deconv {

// Channels that lie side by side are handled together: a unit. Channels last, a unit is all output channels; channels first, a unit is one.
class DepthwiseOperator final : public Operator {
 public:
  DepthwiseOperator(const Parameters& params, int64_t targets);

  std::string isa() const override { return isa_; }
  std::string algorithm() const override { return "depthwise"; }
  std::string description() const override;
  int64_t packed_bytes() const override;
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters& params() const { return params_; }
  const StepKernels& step_kernels() const { return step_kernels_; }
  const PlaneKernels& plane_kernels() const { return plane_kernels_; }
  int64_t units() const { return units_; }
  int64_t channels() const { return params_.out_channels / units_; }  // of a unit
  // [tap][channel of the unit]; a vector may be read from any of them.
  const float* weights(int64_t unit) const { return weights_.data() + unit * params_.taps() * channels(); }
  // The unit's channels, repeated so that a vector may be read from any of them. Null where the layer has none.
  const float* scale(int64_t unit) const { return entry(scale_, unit); }
  const float* bias(int64_t unit) const { return entry(bias_, unit); }
  const float* slopes(int64_t unit) const { return entry(slopes_, unit); }

 private:
  int64_t repeated() const { return channels() + step_kernels_.lanes - 1; }
  const float* entry(const AlignedBuffer<float>& vector, int64_t unit) const {
    return vector.size() == 0 ? nullptr : vector.data() + unit * repeated();
  }
  AlignedBuffer<float> repeat(const float* values, bool present) const;
  void pack(const Parameters& given);

  Parameters params_;
  const StepKernels& step_kernels_;
  const PlaneKernels& plane_kernels_;
  std::string isa_;
  int64_t units_;
  AlignedBuffer<float> weights_, scale_, bias_, slopes_;
};

}  // namespace deconv
