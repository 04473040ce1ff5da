// SPDX-License-Identifier: Apache-2.0
// The inputs of a ConvTranspose node.
#pragma once

#include "runtime.h"

namespace deconv_ort {

// Their places. The operator in ONNX's own domain has the first three, the fused one all; those after W are optional.
enum Input : size_t { kX, kW, kB, kScale, kSlopes, kResidual, kInputCount };
constexpr size_t kPlainInputCount = kB + 1;

// Tensors by place; null where the node has none.
struct Inputs {
  const OrtValue* values[kInputCount] = {};

  const OrtValue* operator[](Input input) const { return values[input]; }
};

// Fills W and the per-channel vectors if all that the node has are constants of the model; false otherwise.
bool constant_inputs(const OrtApi& api, const OrtKernelInfo* info, Inputs* inputs);

Inputs inputs_of(const OrtApi& api, const OrtKernelContext* context);

// A per-channel vector, null where absent. Throws Failure unless it has `channels` values.
const OrtValue* per_channel(const OrtApi& api, const Inputs& inputs, Input input, int64_t channels);

// The values of a tensor as floats: the tensor's own memory or, of halves, a copy. Null without a tensor.
class Floats {
 public:
  Floats(const OrtApi& api, const OrtValue* value, bool halves);
  const float* data() const noexcept { return data_; }

 private:
  const float* data_ = nullptr;
  std::vector<float> copy_;
};

}  // namespace deconv_ort
