// SPDX-License-Identifier: Apache-2.0
// The library's one entry: what SessionOptions.register_custom_ops_library calls.
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>

#include "custom_op.h"
#include "runtime.h"

#if defined(_WIN32)
#define DECONV_ORT_EXPORT extern "C" __declspec(dllexport)
#else
#define DECONV_ORT_EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace deconv_ort {
namespace {

// What one runtime is given, once for all of its session options. The runtime copies nothing of it.
class Registration {
 public:
  explicit Registration(const OrtApi& api) : floats_(api, Variant::kFloat), halves_(api, Variant::kHalf), fused_(api, Variant::kFused) {
    add_domain(api, "", {&floats_, &halves_});
    add_domain(api, "deconv", {&fused_});
  }

  void add_to(const OrtApi& api, OrtSessionOptions* options) const {
    for (OrtCustomOpDomain* domain : domains_) check(api, api.AddCustomOpDomain(options, domain));
  }

 private:
  void add_domain(const OrtApi& api, const char* name, std::initializer_list<const CustomOp*> operators) {
    OrtCustomOpDomain* domain = nullptr;
    check(api, api.CreateCustomOpDomain(name, &domain));
    domains_.push_back(domain);
    for (const CustomOp* op : operators) check(api, api.CustomOpDomain_Add(domain, op));
  }

  const CustomOp floats_, halves_, fused_;
  std::vector<OrtCustomOpDomain*> domains_;
};

// Of this runtime; a process may have several. Never destroyed: sessions may outlive this library's statics.
const Registration& registration_of(const OrtApi& api) {
  static std::mutex mutex;
  static auto* const registrations = new std::map<const OrtApi*, std::unique_ptr<const Registration>>;
  const std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<const Registration>& found = (*registrations)[&api];
  if (found == nullptr) found = std::make_unique<const Registration>(api);
  return *found;
}

}  // namespace
}  // namespace deconv_ort

// Registers ConvTranspose in ONNX's own domain, where it stands in for the runtime's, and in domain "deconv", with an epilogue.
// Errors: ORT_NOT_IMPLEMENTED from a runtime older than 1.18.
DECONV_ORT_EXPORT OrtStatusPtr ORT_API_CALL RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base) {
  using namespace deconv_ort;
  const OrtApi* const api = base->GetApi(kOrtApiVersion);
  if (api == nullptr) {
    const OrtApi* const older = base->GetApi(1);
    return older == nullptr ? nullptr : older->CreateStatus(ORT_NOT_IMPLEMENTED, "deconv needs onnxruntime 1.18 or newer");
  }
  try {
    registration_of(*api).add_to(*api, options);
    return nullptr;
  } catch (...) {
    return status_of_current_exception(*api, "deconv");
  }
}
