// SPDX-License-Identifier: Apache-2.0
// A deconv_params for Python: owns what the struct points to, and takes words for its enumerations.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <string>
#include <vector>

#include "deconv/deconv.hpp"
#include "tensor.h"

namespace deconv_python {

using Axes = std::vector<int64_t>;  // one entry per spatial axis, outermost first

class Parameters {
 public:
  // One entry of `kernel` per spatial axis: their number is the rank.
  Parameters(int64_t in_channels, int64_t out_channels, const Axes& kernel);

  const deconv::Params& c() const { return c_; }
  int32_t rank() const { return c_.rank; }
  int64_t channels_in() const { return c_.in_channels; }
  int64_t channels_out() const { return c_.out_channels; }

  void set_groups(int64_t groups) { c_.groups = groups; }
  void set_stride(const Axes& values) { assign("stride", values, c_.stride); }
  void set_dilation(const Axes& values) { assign("dilation", values, c_.dilation); }
  void set_padding(const Axes& begin, const Axes& end, const Axes& output) { c_.padding = padding(begin, end, output); }
  void set_layouts(const std::string& src, const std::string& dst, const std::string& weights, const std::string& form);
  // Tensors that create reads; None is absent. Held as long as this object.
  void set_tensors(nanobind::handle weights, const Axes& shape, nanobind::handle bias, nanobind::handle scale);
  void set_activation(const std::string& word, float alpha, float clamp_min, float clamp_max, nanobind::handle prelu_slopes);
  void set_has_residual(bool has) { c_.has_residual = has ? 1 : 0; }
  // "" for a name leaves the choice to the library.
  void set_choice(bool strict, const std::string& backend, const std::string& algorithm, const std::string& max_isa);
  void set_expected(int64_t batch, const Axes& in, int32_t threads);

  // A copy that points to nothing: what plans need once the library has copied the tensors.
  Parameters geometry() const;

  // The three lists as a struct; each must have `rank` entries.
  deconv_padding padding(const Axes& begin, const Axes& end, const Axes& output) const;

 private:
  void assign(const char* field, const Axes& values, int64_t (&axes)[DECONV_MAX_RANK]) const;
  const float* per_channel(nanobind::handle object, const char* name);

  deconv::Params c_;
  std::vector<Array> held_;
  std::string backend_, algorithm_, max_isa_;
};

// Binds the class, and the questions that need no operator: check, explain, output_shape, resolve_padding.
void bind_parameters(nanobind::module_& m);

}  // namespace deconv_python
