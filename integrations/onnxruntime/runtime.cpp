// SPDX-License-Identifier: Apache-2.0
#include "runtime.h"

namespace deconv_ort {

void check(const OrtApi& api, OrtStatusPtr status) {
  if (status == nullptr) return;
  const OrtErrorCode code = api.GetErrorCode(status);
  const std::string words = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  throw Failure(code, words);
}

bool succeeded(const OrtApi& api, OrtStatusPtr status) noexcept {
  if (status == nullptr) return true;
  api.ReleaseStatus(status);
  return false;
}

OrtStatusPtr status_of_current_exception(const OrtApi& api, const std::string& who) noexcept {
  OrtErrorCode code = ORT_FAIL;
  try {
    try {
      throw;
    } catch (const Failure& failure) {
      code = failure.code();
      return api.CreateStatus(code, (who + ": " + failure.what()).c_str());
    } catch (const deconv::Error& error) {
      if (error.status() == DECONV_INVALID_ARGUMENT) code = ORT_INVALID_ARGUMENT;
      if (error.status() == DECONV_UNSUPPORTED) code = ORT_NOT_IMPLEMENTED;
      return api.CreateStatus(code, (who + ": " + error.what()).c_str());
    } catch (const std::bad_alloc&) {
      return api.CreateStatus(ORT_FAIL, "deconv: out of memory");
    } catch (const std::exception& exception) {
      return api.CreateStatus(ORT_FAIL, (who + ": " + exception.what()).c_str());
    }
  } catch (...) {  // no memory for the words
    return api.CreateStatus(code, "deconv: out of memory");
  }
}

Dims dims_of(const OrtApi& api, const OrtTensorTypeAndShapeInfo* info) {
  size_t count = 0;
  check(api, api.GetDimensionsCount(info, &count));
  Dims dims(count);
  check(api, api.GetDimensions(info, dims.data(), count));
  return dims;
}

Dims dims_of(const OrtApi& api, const OrtValue* value) {
  OrtTensorTypeAndShapeInfo* info = nullptr;
  check(api, api.GetTensorTypeAndShape(value, &info));
  const Owned<OrtTensorTypeAndShapeInfo> owned(info, Release{&api});
  return dims_of(api, info);
}

Dims declared_dims(const OrtApi& api, const OrtKernelInfo* info, size_t input) {
  OrtTypeInfo* type = nullptr;
  if (!succeeded(api, api.KernelInfo_GetInputTypeInfo(info, input, &type))) return {};
  const Owned<OrtTypeInfo> owned(type, Release{&api});
  const OrtTensorTypeAndShapeInfo* tensor = nullptr;
  if (!succeeded(api, api.CastTypeInfoToTensorInfo(type, &tensor)) || tensor == nullptr) return {};
  return dims_of(api, tensor);
}

void* data_of(const OrtApi& api, const OrtValue* value) {
  void* data = nullptr;
  check(api, api.GetTensorMutableData(const_cast<OrtValue*>(value), &data));  // the API has no reading call before 1.23
  return data;
}

std::string node_name(const OrtApi& api, const OrtKernelInfo* info) {
  size_t size = 0;
  if (!succeeded(api, api.KernelInfo_GetNodeName(info, nullptr, &size)) || size == 0) return {};
  std::string name(size, '\0');
  if (!succeeded(api, api.KernelInfo_GetNodeName(info, &name[0], &size))) return {};
  name.resize(size - 1);  // without the terminating 0
  return name;
}

bool has_input(const OrtApi& api, const OrtKernelInfo* info, size_t input) {
  size_t count = 0, size = 0;
  check(api, api.KernelInfo_GetInputCount(info, &count));
  if (input >= count || !succeeded(api, api.KernelInfo_GetInputName(info, input, nullptr, &size))) return false;
  return size > 1;  // the terminating 0 counts
}

std::string to_string(const Dims& dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(dims[i]);
  return text + "]";
}

}  // namespace deconv_ort
