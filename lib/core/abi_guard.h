// SPDX-License-Identifier: Apache-2.0
// What every function of the C ABI does first and last: checks its pointers and structs, and turns exceptions into a status and a reason.
#pragma once

#include <new>
#include <stdexcept>

#include "core/error.h"

namespace deconv {

inline deconv_status fail(deconv_status status, const char* reason) noexcept {
  set_last_error(reason);
  return status;
}

// Runs f, which throws on failure, and turns what it throws into a status.
template <class F>
deconv_status guarded(const F& f) noexcept {
  try {
    f();
    return DECONV_OK;
  } catch (const Error& error) {
    return fail(error.status(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(DECONV_OUT_OF_MEMORY, "out of memory");
  } catch (const std::length_error&) {  // a vector longer than any memory
    return fail(DECONV_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(DECONV_BACKEND_FAILURE, error.what());
  } catch (...) {
    return fail(DECONV_BACKEND_FAILURE, "unknown failure");
  }
}

inline void require_pointer(const void* pointer, const char* name) {
  if (pointer == nullptr) throw Error(DECONV_INVALID_ARGUMENT, "%s is NULL", name);
}

inline void require_size(size_t got, size_t want, const char* name) {
  if (got != want) {
    throw Error(DECONV_INVALID_ARGUMENT, "%s.struct_size = %zu is not %zu: call deconv_%s_init first", name, got, want, name);
  }
}

}  // namespace deconv
