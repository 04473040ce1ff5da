// SPDX-License-Identifier: Apache-2.0
#include "custom_op.h"

#include <climits>

namespace deconv_ort {
namespace {

constexpr const char* kName = "ConvTranspose";

const CustomOp& self(const OrtCustomOp* op) { return *static_cast<const CustomOp*>(op); }

OrtStatusPtr ORT_API_CALL create_kernel(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info, void** kernel) {
  std::string who = kName;
  try {
    who += " node \"" + node_name(*api, info) + "\"";
    *kernel = new Kernel(self(op).api, info, self(op).variant);
    return nullptr;
  } catch (...) {
    return status_of_current_exception(*api, who);
  }
}

OrtStatusPtr ORT_API_CALL compute(void* op_kernel, OrtKernelContext* context) {
  auto* const kernel = static_cast<Kernel*>(op_kernel);
  try {
    kernel->run(context);
    return nullptr;
  } catch (...) {
    return status_of_current_exception(kernel->api(), kName);  // the runtime adds the node's name
  }
}

}  // namespace

CustomOp::CustomOp(const OrtApi& api_table, Variant which, bool infers_shapes) : OrtCustomOp{}, api(api_table), variant(which) {
  version = kOrtApiVersion;
  GetName = [](const OrtCustomOp*) { return kName; };
  GetExecutionProviderType = [](const OrtCustomOp*) -> const char* { return nullptr; };  // the CPU's
  GetInputTypeCount = [](const OrtCustomOp* op) -> size_t { return self(op).variant == Variant::kFused ? kInputCount : kPlainInputCount; };
  GetInputType = [](const OrtCustomOp* op, size_t) { return self(op).element_type(); };
  GetInputCharacteristic = [](const OrtCustomOp*, size_t index) { return index > kW ? INPUT_OUTPUT_OPTIONAL : INPUT_OUTPUT_REQUIRED; };
  GetInputMemoryType = [](const OrtCustomOp*, size_t) { return OrtMemTypeDefault; };
  GetOutputTypeCount = [](const OrtCustomOp*) -> size_t { return 1; };
  GetOutputType = [](const OrtCustomOp* op, size_t) { return self(op).element_type(); };
  GetOutputCharacteristic = [](const OrtCustomOp*, size_t) { return INPUT_OUTPUT_REQUIRED; };
  GetStartVersion = [](const OrtCustomOp*) { return 1; };
  GetEndVersion = [](const OrtCustomOp*) { return INT_MAX; };
  CreateKernelV2 = create_kernel;
  KernelComputeV2 = compute;
  KernelDestroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  if (!infers_shapes) return;
  InferOutputShapeFn = [](const OrtCustomOp* op, OrtShapeInferContext* context) { return infer_output_shape(self(op), context); };
}

}  // namespace deconv_ort
