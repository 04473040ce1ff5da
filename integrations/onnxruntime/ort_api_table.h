// SPDX-License-Identifier: Apache-2.0
// The functions of ONNX Runtime's C API that this library calls, and their places in the table OrtApi. The table only ever grows at its
// end: a place, once released, is fixed. All places below exist since onnxruntime 1.18 (kOrtApiVersion); ort_c_api.h checks the
// declarations against this list, those of a real header too.
#pragma once

#include <cstdint>

// X(function, place)
#define DECONV_ORT_API_TABLE(X)                \
  X(CreateStatus, 0)                           \
  X(GetErrorCode, 1)                           \
  X(GetErrorMessage, 2)                        \
  X(CreateCustomOpDomain, 26)                  \
  X(CustomOpDomain_Add, 27)                    \
  X(AddCustomOpDomain, 28)                     \
  X(GetTensorMutableData, 51)                  \
  X(CastTypeInfoToTensorInfo, 55)              \
  X(CreateTensorTypeAndShapeInfo, 57)          \
  X(SetTensorElementType, 58)                  \
  X(SetDimensions, 59)                         \
  X(GetTensorElementType, 60)                  \
  X(GetDimensionsCount, 61)                    \
  X(GetDimensions, 62)                         \
  X(GetSymbolicDimensions, 63)                 \
  X(GetTensorTypeAndShape, 65)                 \
  X(KernelInfoGetAttribute_float, 85)          \
  X(KernelInfoGetAttribute_int64, 86)          \
  X(KernelInfoGetAttribute_string, 87)         \
  X(KernelContext_GetInputCount, 88)           \
  X(KernelContext_GetInput, 90)                \
  X(KernelContext_GetOutput, 91)               \
  X(ReleaseStatus, 93)                         \
  X(ReleaseTypeInfo, 98)                       \
  X(ReleaseTensorTypeAndShapeInfo, 99)         \
  X(ReleaseAllocator, 132)                     \
  X(KernelInfoGetAttributeArray_float, 162)    \
  X(KernelInfoGetAttributeArray_int64, 163)    \
  X(KernelInfo_GetInputCount, 230)             \
  X(KernelInfo_GetInputName, 232)              \
  X(KernelInfo_GetInputTypeInfo, 234)          \
  X(KernelInfo_GetNodeName, 244)               \
  X(KernelInfoGetConstantInput_tensor, 249)    \
  X(ShapeInferContext_GetInputCount, 267)      \
  X(ShapeInferContext_GetInputTypeShape, 268)  \
  X(ShapeInferContext_GetAttribute, 269)       \
  X(ShapeInferContext_SetOutputTypeShape, 270) \
  X(SetSymbolicDimensions, 271)                \
  X(ReadOpAttr, 272)                           \
  X(KernelContext_ParallelFor, 274)            \
  X(KernelInfoGetAllocator, 278)

namespace deconv_ort {

// The version asked for from OrtApiBase::GetApi and written into OrtCustomOp::version.
constexpr uint32_t kOrtApiVersion = 18;

}  // namespace deconv_ort
