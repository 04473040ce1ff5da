// SPDX-License-Identifier: Apache-2.0
// The measurements of deconv/tuning.h.
#pragma once

#include <nanobind/nanobind.h>

namespace deconv_python {

void bind_tuning(nanobind::module_& m);

}  // namespace deconv_python
