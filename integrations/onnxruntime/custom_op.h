// SPDX-License-Identifier: Apache-2.0
// The operators that this library registers.
#pragma once

#include "kernel.h"

namespace deconv_ort {

// OrtCustomOp with what its callbacks need to know.
struct CustomOp : OrtCustomOp {
  CustomOp(const OrtApi& api_table, Variant which, bool infers_shapes);

  ONNXTensorElementDataType element_type() const {
    return variant == Variant::kHalf ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
  }

  const OrtApi& api;
  const Variant variant;
};

// Deduces the output's shape as far as the input's is known.
OrtStatusPtr infer_output_shape(const CustomOp& op, OrtShapeInferContext* context) noexcept;

}  // namespace deconv_ort
