// SPDX-License-Identifier: Apache-2.0
#include "tuning.h"

#include <algorithm>
#include <optional>
#include <string>

#include "deconv/tuning.hpp"
#include "failure.h"
#include "gil.h"
#include "parameters.h"

namespace nb = nanobind;

namespace deconv_python {
namespace {

// extents: batch and spatial axes. The candidates as (backend, algorithm, seconds, rounds), and the indices of the library's own and of the
// chosen one.
nb::tuple tune(const Parameters& params, const Axes& extents, int32_t threads, double seconds, const std::optional<std::string>& file) {
  if (extents.size() != static_cast<size_t>(params.rank()) + 1) {
    refuse("extents has " + std::to_string(extents.size()) + " entries for a kernel of " + std::to_string(params.rank()) + " axes");
  }
  deconv::PlanOptions shape;
  shape.batch = extents[0];
  std::copy(extents.begin() + 1, extents.end(), shape.in);
  shape.threads = threads;
  deconv::TuneOptions options;
  options.seconds = seconds;
  options.file = file ? file->c_str() : nullptr;
  const deconv::TuneResult result = [&] {
    const ReleasedGil released;
    return deconv::tune(params.c(), shape, options);
  }();
  nb::list candidates;
  for (int32_t i = 0; i < result.candidates; ++i) {
    const deconv_tune_candidate& c = result.candidate[i];
    candidates.append(nb::make_tuple(c.backend, c.algorithm, c.seconds, c.rounds));
  }
  return nb::make_tuple(candidates, result.untuned, result.chosen);
}

}  // namespace

void bind_tuning(nb::module_& m) {
  using namespace nb::literals;
  m.def("tune", &tune, "params"_a, "extents"_a, "threads"_a, "seconds"_a, "file"_a.none());
  m.def("load_tuning", [](const std::string& path) { deconv::load_tuning(path); }, "path"_a);
  m.def("clear_tuning", &deconv::clear_tuning);
}

}  // namespace deconv_python
