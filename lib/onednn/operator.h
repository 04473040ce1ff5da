// SPDX-License-Identifier: Apache-2.0
// Weights and per-channel vectors of one layer, in plain order and in the format oneDNN prefers for the expected shape.
#pragma once

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "onednn/implementation.h"

namespace deconv {

// Weights in one of oneDNN's formats.
struct PackedWeights {
  dnnl::memory::desc desc;
  AlignedBuffer<char> data;
};

class OnednnOperator final : public Operator {
 public:
  // `usual`: the implementation for the representative shape.
  OnednnOperator(const Parameters& params, const Implementation& usual);

  std::string description() const override { return description_; }
  int64_t packed_bytes() const override;
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters& params() const { return params_; }
  const PackedWeights& usual_weights() const { return usual_; }
  // Reorders the plain weights, on the calling thread's OpenMP settings.
  PackedWeights pack(const dnnl::memory::desc& desc) const;
  const float* bias() const { return bias_.data(); }
  const float* slopes() const { return slopes_.data(); }

 private:
  const Parameters params_;           // its pointers are not used after construction
  const AlignedBuffer<float> plain_;  // [group][oc][ic][kernel], scaled: another shape may prefer another format
  const AlignedBuffer<float> bias_, slopes_;
  PackedWeights usual_;
  std::string description_;
};

}  // namespace deconv
