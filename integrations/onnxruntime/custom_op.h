// SPDX-License-Identifier: Apache-2.0
// The two operators that this library registers.
#pragma once

#include "ort_c_api.h"

namespace deconv_ort {

// OrtCustomOp with what its callbacks need to know.
struct CustomOp : OrtCustomOp {
  CustomOp(const OrtApi& api_table, bool with_epilogue);

  const OrtApi& api;
  const bool fused;  // all inputs and the epilogue's attributes; otherwise ONNX's ConvTranspose
};

// Deduces the output's shape as far as the input's is known.
OrtStatusPtr infer_output_shape(const CustomOp& op, OrtShapeInferContext* context) noexcept;

}  // namespace deconv_ort
