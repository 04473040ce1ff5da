// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime's C API with ownership, and failures as exceptions on our side of it.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "deconv/deconv.hpp"
#include "ort_c_api.h"

namespace deconv_ort {

using Dims = std::vector<int64_t>;  // -1: unknown

// What goes wrong on our side; becomes a status with these words.
class Failure : public std::runtime_error {
 public:
  Failure(OrtErrorCode code, const std::string& words) : std::runtime_error(words), code_(code) {}
  OrtErrorCode code() const noexcept { return code_; }

 private:
  OrtErrorCode code_;
};

// Throws what the runtime says unless it says success. Takes the status.
void check(const OrtApi& api, OrtStatusPtr status);

// Success or failure as a yes or no; the words are dropped.
bool succeeded(const OrtApi& api, OrtStatusPtr status) noexcept;

// The status for the exception being handled: `who` (an operator, a node) and its words.
OrtStatusPtr status_of_current_exception(const OrtApi& api, const std::string& who) noexcept;

struct Release {
  const OrtApi* api = nullptr;
  void operator()(OrtTensorTypeAndShapeInfo* info) const noexcept { api->ReleaseTensorTypeAndShapeInfo(info); }
  void operator()(OrtTypeInfo* type) const noexcept { api->ReleaseTypeInfo(type); }
  void operator()(OrtAllocator* allocator) const noexcept { api->ReleaseAllocator(allocator); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

Dims dims_of(const OrtApi& api, const OrtTensorTypeAndShapeInfo* info);
Dims dims_of(const OrtApi& api, const OrtValue* value);

// The dims of a node's input as far as the model's shape inference knows them; empty where it knows nothing.
Dims declared_dims(const OrtApi& api, const OrtKernelInfo* info, size_t input);

void* data_of(const OrtApi& api, const OrtValue* value);

std::string node_name(const OrtApi& api, const OrtKernelInfo* info);

// Whether the node has this input: optional ones may be missing at the end or stand there without a name.
bool has_input(const OrtApi& api, const OrtKernelInfo* info, size_t input);

// "[2, 3, 4]"
std::string to_string(const Dims& dims);

}  // namespace deconv_ort
