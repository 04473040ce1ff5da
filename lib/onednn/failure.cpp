// SPDX-License-Identifier: Apache-2.0
#include "onednn/failure.h"

#include "core/immortal.h"

namespace deconv {

const char* onednn_version() {
  static const Immortal<const std::string> text([] {
    const dnnl_version_t* const v = dnnl_version();
    return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
  }());
  return (*text).c_str();
}

Error translated(const dnnl::error& error, const char* doing) {
  if (error.status == dnnl_out_of_memory) return Error(DECONV_OUT_OF_MEMORY, "oneDNN %s ran out of memory %s", onednn_version(), doing);
  const deconv_status status = error.status == dnnl_unimplemented ? DECONV_UNSUPPORTED : DECONV_BACKEND_FAILURE;
  return Error(status, "oneDNN %s failed %s: %s (status %d)", onednn_version(), doing, error.what(), static_cast<int>(error.status));
}

}  // namespace deconv
