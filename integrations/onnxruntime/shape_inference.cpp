// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "custom_op.h"

namespace deconv_ort {
namespace {

// Null where nothing is known. The context keeps what it hands out: not to be released.
const OrtTensorTypeAndShapeInfo* input_info(const OrtApi& api, const OrtShapeInferContext* context, size_t input) {
  OrtTensorTypeAndShapeInfo* info = nullptr;
  if (!succeeded(api, api.ShapeInferContext_GetInputTypeShape(context, input, &info))) return nullptr;
  return info;
}

bool all_known(const Dims& dims) {
  for (int64_t dim : dims) {
    if (dim < 0) return false;
  }
  return !dims.empty();
}

// Unknown extents need names, and equal names mean equal extents: each gets one that nobody else has.
std::string new_name() {
  static std::atomic<uint64_t> count{0};
  return "deconv_extent_" + std::to_string(count++);
}

// X's name for its batch, "" where it has none.
std::string batch_name(const OrtApi& api, const OrtTensorTypeAndShapeInfo* x, size_t rank) {
  std::vector<const char*> names(rank, nullptr);
  check(api, api.GetSymbolicDimensions(x, names.data(), rank));
  return names[0] != nullptr ? names[0] : "";
}

void set_output(const OrtApi& api, OrtShapeInferContext* context, ONNXTensorElementDataType type, const Dims& y, const std::string& batch) {
  std::vector<std::string> names(y.size());
  std::vector<const char*> pointers(y.size());
  for (size_t i = 0; i < y.size(); ++i) {
    if (y[i] < 0) names[i] = i == 0 && !batch.empty() ? batch : new_name();
    pointers[i] = names[i].c_str();
  }
  OrtTensorTypeAndShapeInfo* info = nullptr;
  check(api, api.CreateTensorTypeAndShapeInfo(&info));
  const Owned<OrtTensorTypeAndShapeInfo> owned(info, Release{&api});
  check(api, api.SetTensorElementType(info, type));
  check(api, api.SetDimensions(info, y.data(), y.size()));
  check(api, api.SetSymbolicDimensions(info, pointers.data(), pointers.size()));
  check(api, api.ShapeInferContext_SetOutputTypeShape(context, 0, info));
}

}  // namespace

OrtStatusPtr infer_output_shape(const CustomOp& op, OrtShapeInferContext* context) noexcept {
  const OrtApi& api = op.api;
  try {
    const Attributes attributes = read_attributes(InferenceAttributes(api, context), op.variant == Variant::kFused);
    const OrtTensorTypeAndShapeInfo* const x = input_info(api, context, kX);
    const OrtTensorTypeAndShapeInfo* const w = input_info(api, context, kW);
    if (x == nullptr || w == nullptr) return nullptr;
    const Dims x_dims = dims_of(api, x), w_dims = dims_of(api, w);
    if (x_dims.empty() || !all_known(w_dims)) return nullptr;  // unknown: runs check
    const Dims y = Layer(attributes, w_dims).output_dims(x_dims);
    ONNXTensorElementDataType type = op.element_type();  // the runtime asks one of several operators of a name, whatever X is
    check(api, api.GetTensorElementType(x, &type));
    set_output(api, context, type, y, y[0] < 0 ? batch_name(api, x, x_dims.size()) : "");
    return nullptr;
  } catch (...) {
    return status_of_current_exception(api, "ConvTranspose");
  }
}

}  // namespace deconv_ort
