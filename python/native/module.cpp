// SPDX-License-Identifier: Apache-2.0
// The binding: what of the C interface Python code stands on. deconv/*.py make it a library for people.
#include <nanobind/nanobind.h>

#include "deconv/deconv.h"
#include "failure.h"
#include "gil.h"
#include "layer.h"
#include "parameters.h"
#include "tuning.h"

namespace nb = nanobind;

namespace {

nb::list algorithms(const char* backend) {
  nb::list names;
  for (int32_t i = 0; i < deconv_algorithm_count(backend); ++i) names.append(deconv_algorithm_name(backend, i));
  return names;
}

nb::dict info() {
  nb::dict backends;
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    nb::dict backend;
    backend["version"] = deconv_backend_version(i);
    backend["algorithms"] = algorithms(deconv_backend_name(i));
    backends[deconv_backend_name(i)] = backend;
  }
  nb::list isas;
  for (int32_t i = 0; i < deconv_isa_count(); ++i) isas.append(deconv_isa_name(i));
  nb::dict all;
  all["version"] = deconv_version();
  all["backends"] = backends;
  all["isas"] = isas;
  return all;
}

}  // namespace

NB_MODULE(_native, m) {
  deconv_python::register_failures();
  deconv_python::watch_exit();
  m.def("info", &info);
  deconv_python::bind_parameters(m);
  deconv_python::bind_layer(m);
  deconv_python::bind_tuning(m);
}
