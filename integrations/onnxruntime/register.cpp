// SPDX-License-Identifier: Apache-2.0
// The library's one entry: what SessionOptions.register_custom_ops_library calls.
#include <exception>
#include <initializer_list>

#include "custom_op.h"
#include "runtime.h"

#if defined(_WIN32)
#define DECONV_ORT_EXPORT extern "C" __declspec(dllexport)
#else
#define DECONV_ORT_EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace deconv_ort {
namespace {

// A domain of operators, handed to session options. The runtime copies nothing: all of it lives as long as the process.
void add_domain(const OrtApi& api, OrtSessionOptions* options, const char* name, std::initializer_list<const CustomOp*> operators) {
  OrtCustomOpDomain* domain = nullptr;
  check(api, api.CreateCustomOpDomain(name, &domain));
  OrtStatusPtr status = nullptr;
  for (const CustomOp* op : operators) {
    if (status == nullptr) status = api.CustomOpDomain_Add(domain, op);
  }
  if (status == nullptr) status = api.AddCustomOpDomain(options, domain);
  if (status != nullptr) api.ReleaseCustomOpDomain(domain);
  check(api, status);
}

}  // namespace
}  // namespace deconv_ort

// Registers ConvTranspose in ONNX's own domain, where it stands in for the runtime's, and in domain "deconv", with an epilogue.
// Errors: an onnxruntime older than 1.18 ends in a null API and is refused without words, which need an API.
DECONV_ORT_EXPORT OrtStatusPtr ORT_API_CALL RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base) {
  using namespace deconv_ort;
  const OrtApi* const api = base->GetApi(kOrtApiVersion);
  if (api == nullptr) {
    const OrtApi* const older = base->GetApi(1);
    return older == nullptr ? nullptr : older->CreateStatus(ORT_NOT_IMPLEMENTED, "deconv needs onnxruntime 1.18 or newer");
  }
  try {
    static const CustomOp floats(*api, Variant::kFloat), halves(*api, Variant::kHalf), fused(*api, Variant::kFused);
    add_domain(*api, options, "", {&floats, &halves});
    add_domain(*api, options, "deconv", {&fused});
    return nullptr;
  } catch (...) {
    return status_of_current_exception(*api, "deconv");
  }
}
