// SPDX-License-Identifier: Apache-2.0
#include "inputs.h"

#include <algorithm>

namespace deconv_ort {
namespace {

constexpr const char* kNames[kInputCount] = {"X", "W", "B", "scale", "slopes", "residual"};

}  // namespace

bool constant_inputs(const OrtApi& api, const OrtKernelInfo* info, Inputs* inputs) {
  for (size_t input = kW; input < kResidual; ++input) {
    if (!has_input(api, info, input)) continue;
    int is_constant = 0;
    check(api, api.KernelInfoGetConstantInput_tensor(info, input, &is_constant, &inputs->values[input]));
    if (is_constant == 0) return false;
  }
  return inputs->values[kW] != nullptr;
}

Inputs inputs_of(const OrtApi& api, const OrtKernelContext* context) {
  Inputs inputs;
  size_t count = 0;
  check(api, api.KernelContext_GetInputCount(context, &count));
  for (size_t input = 0; input < std::min<size_t>(count, kInputCount); ++input) {
    check(api, api.KernelContext_GetInput(context, input, &inputs.values[input]));
  }
  if (inputs[kX] == nullptr || inputs[kW] == nullptr) throw Failure(ORT_INVALID_ARGUMENT, "X and W are required");
  return inputs;
}

const float* per_channel(const OrtApi& api, const Inputs& inputs, Input input, int64_t channels) {
  if (inputs[input] == nullptr) return nullptr;
  const Dims dims = dims_of(api, inputs[input]);
  if (dims.size() != 1 || dims[0] != channels) {
    throw Failure(ORT_INVALID_ARGUMENT, std::string(kNames[input]) + " has dims " + to_string(dims) +
                                            ": one value is needed for each of the " + std::to_string(channels) + " output channels");
  }
  return floats_of(api, inputs[input]);
}

}  // namespace deconv_ort
