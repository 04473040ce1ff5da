// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <nanobind/nanobind.h>

#include <exception>

#include "deconv/deconv.hpp"

namespace nb = nanobind;

namespace deconv_python {
namespace {

const char* class_name(deconv_status status) {
  switch (status) {
    case DECONV_INVALID_ARGUMENT:
      return "InvalidArgument";
    case DECONV_UNSUPPORTED:
      return "Unsupported";
    case DECONV_OUT_OF_MEMORY:
      return "OutOfMemory";
    default:
      return "BackendFailure";
  }
}

}  // namespace

void register_failures() {
  nb::register_exception_translator([](const std::exception_ptr& failure, void*) {
    try {
      std::rethrow_exception(failure);
    } catch (const deconv::Error& error) {
      PyErr_SetString(nb::module_::import_("deconv.errors").attr(class_name(error.status())).ptr(), error.what());
    }
  });
}

void refuse(const std::string& words) { throw deconv::Error(DECONV_INVALID_ARGUMENT, words); }

void refuse_type(const std::string& words) { throw nb::type_error(words.c_str()); }

}  // namespace deconv_python
