// SPDX-License-Identifier: Apache-2.0
#include "inputs.h"

#include <algorithm>

#include "half.h"

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

const OrtValue* per_channel(const OrtApi& api, const Inputs& inputs, Input input, int64_t channels) {
  if (inputs[input] == nullptr) return nullptr;
  const Dims dims = dims_of(api, inputs[input]);
  if (dims.size() != 1 || dims[0] != channels) {
    throw Failure(ORT_INVALID_ARGUMENT, std::string(kNames[input]) + " has dims " + to_string(dims) +
                                            ": one value is needed for each of the " + std::to_string(channels) + " output channels");
  }
  return inputs[input];
}

Floats::Floats(const OrtApi& api, const OrtValue* value, bool halves) {
  if (value == nullptr) return;
  void* const data = data_of(api, value);
  if (!halves) {
    data_ = static_cast<const float*>(data);
    return;
  }
  size_t count = 1;
  for (int64_t dim : dims_of(api, value)) count *= static_cast<size_t>(dim);
  copy_.resize(count);
  halves_to_floats(static_cast<const uint16_t*>(data), copy_.data(), static_cast<int64_t>(count));
  data_ = copy_.data();
}

}  // namespace deconv_ort
