// SPDX-License-Identifier: Apache-2.0
// oneDNN's failures in this library's words.
#pragma once

#include <dnnl.hpp>
#include <string>
#include <utility>

#include "core/error.h"

namespace deconv {

// "3.2.0": the library that is loaded, which need not be the one whose headers were compiled.
const char* onednn_version();

// out_of_memory stays that, unimplemented becomes unsupported, anything else is a backend failure.
Error translated(const dnnl::error& error, const char* doing);

// Calls f; `doing` says in a failure what it was ("creating the primitive").
template <class F>
auto translate_failures(const char* doing, F&& f) -> decltype(f()) {
  try {
    return std::forward<F>(f)();
  } catch (const dnnl::error& error) {
    throw translated(error, doing);
  }
}

}  // namespace deconv
