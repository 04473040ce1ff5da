// SPDX-License-Identifier: Apache-2.0
#include "onednn/onednn_backend.h"

#include "core/error.h"
#include "core/immortal.h"
#include "core/isa.h"
#include "onednn/descriptors.h"
#include "onednn/failure.h"
#include "onednn/implementation.h"
#include "onednn/operator.h"
#include "onednn/thread_scope.h"

namespace deconv {
namespace {

// oneDNN caps instruction sets for the whole process only, before its first use.
Support check_cap(const std::string& max_isa) {
  if (max_isa.empty() || max_isa == isa_names().front()) return Support::yes();
  return Support::no("max_isa = \"" + max_isa + "\" cannot be honoured for one layer; ONEDNN_MAX_CPU_ISA caps the process");
}

// On x86 without SSE4.1, the least that oneDNN asks for, its deconvolution ends the process.
Support check_cpu() {
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
  if ((static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & static_cast<unsigned>(dnnl_cpu_isa_sse41)) == 0)
    return Support::no("oneDNN needs a CPU with SSE4.1");
#endif
  return Support::yes();
}

Implementation usual_implementation(const Parameters& params) {
  for (const Support& support : {check_cpu(), check_cap(params.max_isa)}) {
    if (!support.ok) return {support, {}};
  }
  try {
    return find_implementation(params, representative_shape(params));
  } catch (const Error& error) {
    if (error.status() != DECONV_INVALID_ARGUMENT) throw;
    // The parameters were checked: it is the shape made up for them that cannot be.
    return {Support::no(std::string("the expected shape cannot be: ") + error.what()), {}};
  }
}

class OnednnBackend final : public Backend {
 public:
  const char* name() const override { return "onednn"; }
  const char* version() const override { return onednn_version(); }

  std::vector<Candidate> candidates(const Parameters& params) const override {
    const Implementation usual = usual_implementation(params);
    return {{"", usual.support.ok ? Support::yes("oneDNN's " + usual.name()) : usual.support}};
  }

  std::unique_ptr<Operator> create(const Parameters& params) const override {
    const Implementation usual = usual_implementation(params);
    if (!usual.support.ok) throw Error(DECONV_UNSUPPORTED, "%s", usual.support.reason.c_str());
    const ThreadScope threads(params.expected_threads > 0 ? params.expected_threads : default_threads());
    return std::make_unique<OnednnOperator>(params, usual);
  }
};

}  // namespace

const Backend& onednn_backend() {
  static const Immortal<const OnednnBackend> backend;
  return *backend;
}

}  // namespace deconv
