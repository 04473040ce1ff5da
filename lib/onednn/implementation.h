// SPDX-License-Identifier: Apache-2.0
// The choice among oneDNN's implementations: its own order, minding what limits.h says of each.
#pragma once

#include "core/backend.h"
#include "onednn/onednn_shim.h"

namespace deconv {

const dnnl::engine& onednn_engine();

struct Implementation {
  Support support;  // why there is none
  PrimitiveDesc desc;
  bool separate_epilogue = false;  // desc has none: finish.h comes after it
  std::string name() const { return desc.impl_info_str() + std::string(separate_epilogue ? " + separate epilogue" : ""); }
};

// Never throws dnnl::error: what oneDNN refuses is an answer. For shape.threads threads.
Implementation find_implementation(const Parameters& params, const Shape& shape);

}  // namespace deconv
