// SPDX-License-Identifier: Apache-2.0
// The library's one entry: what SessionOptions.register_custom_ops_library calls.
#include <cstdlib>
#include <cstring>
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

// Before this version the runtime's shape inference reads the type of an optional input that a node leaves out, which has none, and
// crashes.
constexpr int kInfersWithoutInputs = 24;

// The 32 of "1.32.0".
int minor_version(const OrtApiBase& base) {
  const char* const dot = std::strchr(base.GetVersionString(), '.');
  return dot == nullptr ? 0 : std::atoi(dot + 1);
}

// What one runtime is given, once for all of its session options. The runtime copies nothing of it.
class Registration {
 public:
  Registration(const OrtApi& api, bool infers_shapes)
      : floats_(api, Variant::kFloat, infers_shapes),
        halves_(api, Variant::kHalf, infers_shapes),
        fused_(api, Variant::kFused, infers_shapes) {
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
const Registration& registration_of(const OrtApi& api, const OrtApiBase& base) {
  static std::mutex mutex;
  static auto* const registrations = new std::map<const OrtApi*, std::unique_ptr<const Registration>>;
  const std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<const Registration>& found = (*registrations)[&api];
  if (found == nullptr) found = std::make_unique<const Registration>(api, minor_version(base) >= kInfersWithoutInputs);
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
    registration_of(*api, *base).add_to(*api, options);
    return nullptr;
  } catch (...) {
    return status_of_current_exception(*api, "deconv");
  }
}
