// SPDX-License-Identifier: Apache-2.0
// The part of ONNX Runtime's C API that a custom-op library needs. pip's onnxruntime ships no headers: with
// -DDECONV_ONNXRUNTIME_INCLUDE_DIR=... the real onnxruntime_c_api.h is used, otherwise the declarations below, whose types, names
// and places are those of the public API. The same code compiles against both.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ort_api_table.h"

#if defined(DECONV_ONNXRUNTIME_HEADER)
#include <onnxruntime_c_api.h>
#else

#if defined(_WIN32)
#define ORT_API_CALL __stdcall
#else
#define ORT_API_CALL
#endif

extern "C" {

// Opaque objects of the runtime.
struct OrtCustomOpDomain;
struct OrtKernelContext;
struct OrtKernelInfo;
struct OrtMemoryInfo;
struct OrtOpAttr;
struct OrtSessionOptions;
struct OrtShapeInferContext;
struct OrtStatus;
struct OrtTensorTypeAndShapeInfo;
struct OrtTypeInfo;
struct OrtValue;

using OrtStatusPtr = OrtStatus*;  // null: success. Otherwise owned by whoever receives it

enum OrtErrorCode { ORT_OK = 0, ORT_FAIL = 1, ORT_INVALID_ARGUMENT = 2, ORT_NOT_IMPLEMENTED = 9 };
enum OrtMemType { OrtMemTypeDefault = 0 };
enum OrtOpAttrType { ORT_OP_ATTR_INT = 1, ORT_OP_ATTR_INTS = 2, ORT_OP_ATTR_FLOAT = 3, ORT_OP_ATTR_STRING = 5 };
enum OrtCustomOpInputOutputCharacteristic { INPUT_OUTPUT_REQUIRED = 0, INPUT_OUTPUT_OPTIONAL = 1 };
enum ONNXTensorElementDataType { ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT = 1, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 = 10 };

struct OrtAllocator {
  uint32_t version;
  void*(ORT_API_CALL* Alloc)(OrtAllocator* self, size_t size);
  void(ORT_API_CALL* Free)(OrtAllocator* self, void* p);
  const OrtMemoryInfo*(ORT_API_CALL* Info)(const OrtAllocator* self);
};

// The table of functions: the members below at their places, the rest unnamed.
struct OrtApi {
  using Place = void (*)();

  OrtStatus*(ORT_API_CALL* CreateStatus)(OrtErrorCode code, const char* message) noexcept;
  OrtErrorCode(ORT_API_CALL* GetErrorCode)(const OrtStatus* status) noexcept;
  const char*(ORT_API_CALL* GetErrorMessage)(const OrtStatus* status) noexcept;
  Place places_3[26 - 3];
  OrtStatusPtr(ORT_API_CALL* CreateCustomOpDomain)(const char* domain, OrtCustomOpDomain** out) noexcept;
  OrtStatusPtr(ORT_API_CALL* CustomOpDomain_Add)(OrtCustomOpDomain* domain, const struct OrtCustomOp* op) noexcept;
  OrtStatusPtr(ORT_API_CALL* AddCustomOpDomain)(OrtSessionOptions* options, OrtCustomOpDomain* domain) noexcept;
  Place places_29[51 - 29];
  OrtStatusPtr(ORT_API_CALL* GetTensorMutableData)(OrtValue* value, void** out) noexcept;
  Place places_52[55 - 52];
  OrtStatusPtr(ORT_API_CALL* CastTypeInfoToTensorInfo)(const OrtTypeInfo* type, const OrtTensorTypeAndShapeInfo** out) noexcept;
  Place places_56[57 - 56];
  OrtStatusPtr(ORT_API_CALL* CreateTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo** out) noexcept;
  OrtStatusPtr(ORT_API_CALL* SetTensorElementType)(OrtTensorTypeAndShapeInfo* info, ONNXTensorElementDataType type) noexcept;
  OrtStatusPtr(ORT_API_CALL* SetDimensions)(OrtTensorTypeAndShapeInfo* info, const int64_t* values, size_t count) noexcept;
  OrtStatusPtr(ORT_API_CALL* GetTensorElementType)(const OrtTensorTypeAndShapeInfo* info, ONNXTensorElementDataType* out) noexcept;
  OrtStatusPtr(ORT_API_CALL* GetDimensionsCount)(const OrtTensorTypeAndShapeInfo* info, size_t* out) noexcept;
  OrtStatusPtr(ORT_API_CALL* GetDimensions)(const OrtTensorTypeAndShapeInfo* info, int64_t* values, size_t count) noexcept;
  OrtStatusPtr(ORT_API_CALL* GetSymbolicDimensions)(const OrtTensorTypeAndShapeInfo* info, const char** names, size_t count) noexcept;
  Place places_64[65 - 64];
  OrtStatusPtr(ORT_API_CALL* GetTensorTypeAndShape)(const OrtValue* value, OrtTensorTypeAndShapeInfo** out) noexcept;
  Place places_66[85 - 66];
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetAttribute_float)(const OrtKernelInfo* info, const char* name, float* out) noexcept;
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetAttribute_int64)(const OrtKernelInfo* info, const char* name, int64_t* out) noexcept;
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetAttribute_string)(const OrtKernelInfo* info, const char* name, char* out, size_t* size) noexcept;
  OrtStatusPtr(ORT_API_CALL* KernelContext_GetInputCount)(const OrtKernelContext* context, size_t* out) noexcept;
  Place places_89[90 - 89];
  OrtStatusPtr(ORT_API_CALL* KernelContext_GetInput)(const OrtKernelContext* context, size_t index, const OrtValue** out) noexcept;
  OrtStatusPtr(ORT_API_CALL* KernelContext_GetOutput)(OrtKernelContext* context, size_t index, const int64_t* dims, size_t count,
                                                      OrtValue** out) noexcept;
  Place places_92[93 - 92];
  void(ORT_API_CALL* ReleaseStatus)(OrtStatus* status) noexcept;
  Place places_94[98 - 94];
  void(ORT_API_CALL* ReleaseTypeInfo)(OrtTypeInfo* type) noexcept;
  void(ORT_API_CALL* ReleaseTensorTypeAndShapeInfo)(OrtTensorTypeAndShapeInfo* info) noexcept;
  Place places_100[132 - 100];
  void(ORT_API_CALL* ReleaseAllocator)(OrtAllocator* allocator) noexcept;
  Place places_133[162 - 133];
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetAttributeArray_float)(const OrtKernelInfo* info, const char* name, float* out,
                                                                size_t* size) noexcept;
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetAttributeArray_int64)(const OrtKernelInfo* info, const char* name, int64_t* out,
                                                                size_t* size) noexcept;
  Place places_164[230 - 164];
  OrtStatusPtr(ORT_API_CALL* KernelInfo_GetInputCount)(const OrtKernelInfo* info, size_t* out) noexcept;
  Place places_231[232 - 231];
  OrtStatusPtr(ORT_API_CALL* KernelInfo_GetInputName)(const OrtKernelInfo* info, size_t index, char* out, size_t* size) noexcept;
  Place places_233[234 - 233];
  OrtStatusPtr(ORT_API_CALL* KernelInfo_GetInputTypeInfo)(const OrtKernelInfo* info, size_t index, OrtTypeInfo** out) noexcept;
  Place places_235[244 - 235];
  OrtStatusPtr(ORT_API_CALL* KernelInfo_GetNodeName)(const OrtKernelInfo* info, char* out, size_t* size) noexcept;
  Place places_245[249 - 245];
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetConstantInput_tensor)(const OrtKernelInfo* info, size_t index, int* is_constant,
                                                                const OrtValue** out) noexcept;
  Place places_250[267 - 250];
  OrtStatusPtr(ORT_API_CALL* ShapeInferContext_GetInputCount)(const OrtShapeInferContext* context, size_t* out) noexcept;
  OrtStatusPtr(ORT_API_CALL* ShapeInferContext_GetInputTypeShape)(const OrtShapeInferContext* context, size_t index,
                                                                  OrtTensorTypeAndShapeInfo** out) noexcept;
  OrtStatusPtr(ORT_API_CALL* ShapeInferContext_GetAttribute)(const OrtShapeInferContext* context, const char* name,
                                                             const OrtOpAttr** out) noexcept;
  OrtStatusPtr(ORT_API_CALL* ShapeInferContext_SetOutputTypeShape)(const OrtShapeInferContext* context, size_t index,
                                                                   const OrtTensorTypeAndShapeInfo* info) noexcept;
  OrtStatusPtr(ORT_API_CALL* SetSymbolicDimensions)(OrtTensorTypeAndShapeInfo* info, const char** names, size_t count) noexcept;
  OrtStatusPtr(ORT_API_CALL* ReadOpAttr)(const OrtOpAttr* attribute, OrtOpAttrType type, void* data, size_t bytes, size_t* out) noexcept;
  Place places_273[274 - 273];
  OrtStatusPtr(ORT_API_CALL* KernelContext_ParallelFor)(const OrtKernelContext* context, void (*task)(void*, size_t), size_t total,
                                                        size_t batches, void* user_data) noexcept;
  Place places_275[278 - 275];
  OrtStatusPtr(ORT_API_CALL* KernelInfoGetAllocator)(const OrtKernelInfo* info, OrtMemType type, OrtAllocator** out) noexcept;
};

struct OrtApiBase {
  const OrtApi*(ORT_API_CALL* GetApi)(uint32_t version) noexcept;
  const char*(ORT_API_CALL* GetVersionString)() noexcept;
};

// One operator of ours, as the runtime sees it.
struct OrtCustomOp {
  uint32_t version;
  void*(ORT_API_CALL* CreateKernel)(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info);
  const char*(ORT_API_CALL* GetName)(const OrtCustomOp* op);
  const char*(ORT_API_CALL* GetExecutionProviderType)(const OrtCustomOp* op);
  ONNXTensorElementDataType(ORT_API_CALL* GetInputType)(const OrtCustomOp* op, size_t index);
  size_t(ORT_API_CALL* GetInputTypeCount)(const OrtCustomOp* op);
  ONNXTensorElementDataType(ORT_API_CALL* GetOutputType)(const OrtCustomOp* op, size_t index);
  size_t(ORT_API_CALL* GetOutputTypeCount)(const OrtCustomOp* op);
  void(ORT_API_CALL* KernelCompute)(void* kernel, OrtKernelContext* context);
  void(ORT_API_CALL* KernelDestroy)(void* kernel);
  OrtCustomOpInputOutputCharacteristic(ORT_API_CALL* GetInputCharacteristic)(const OrtCustomOp* op, size_t index);
  OrtCustomOpInputOutputCharacteristic(ORT_API_CALL* GetOutputCharacteristic)(const OrtCustomOp* op, size_t index);
  OrtMemType(ORT_API_CALL* GetInputMemoryType)(const OrtCustomOp* op, size_t index);
  int(ORT_API_CALL* GetVariadicInputMinArity)(const OrtCustomOp* op);
  int(ORT_API_CALL* GetVariadicInputHomogeneity)(const OrtCustomOp* op);
  int(ORT_API_CALL* GetVariadicOutputMinArity)(const OrtCustomOp* op);
  int(ORT_API_CALL* GetVariadicOutputHomogeneity)(const OrtCustomOp* op);
  OrtStatusPtr(ORT_API_CALL* CreateKernelV2)(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info, void** kernel);
  OrtStatusPtr(ORT_API_CALL* KernelComputeV2)(void* kernel, OrtKernelContext* context);
  OrtStatusPtr(ORT_API_CALL* InferOutputShapeFn)(const OrtCustomOp* op, OrtShapeInferContext* context);
  int(ORT_API_CALL* GetStartVersion)(const OrtCustomOp* op);
  int(ORT_API_CALL* GetEndVersion)(const OrtCustomOp* op);
  size_t(ORT_API_CALL* GetMayInplace)(int** input_index, int** output_index);
  void(ORT_API_CALL* ReleaseMayInplace)(int* input_index, int* output_index);
  size_t(ORT_API_CALL* GetAliasMap)(int** input_index, int** output_index);
  void(ORT_API_CALL* ReleaseAliasMap)(int* input_index, int* output_index);
};

}  // extern "C"

#endif  // DECONV_ONNXRUNTIME_HEADER

#define DECONV_CHECK_PLACE(name, place) static_assert(offsetof(OrtApi, name) == (place) * sizeof(void*), #name " is elsewhere");
DECONV_ORT_API_TABLE(DECONV_CHECK_PLACE)
#undef DECONV_CHECK_PLACE
