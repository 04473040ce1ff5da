// SPDX-License-Identifier: Apache-2.0
// ConvTranspose's attributes and the dims of its tensors as this library's parameters. The rules are ONNX's; where ONNX Runtime differs
// (no padding below zero), they are the runtime's, because the operator replaces its own.
#pragma once

#include <array>

#include "attributes.h"

namespace deconv_ort {

// A layer but for its tensors.
class Layer {
 public:
  // `weights`: dims of W, all known. Throws Failure for attributes that do not fit them.
  Layer(const Attributes& attributes, const Dims& weights);

  int rank() const { return params_.rank; }
  int64_t out_channels() const { return params_.out_channels; }
  // No weights, no bias, no expected extents.
  const deconv_params& params() const { return params_; }

  // Throws Failure unless x fits: rank + 2 dims, the channels of W.
  void check_input(const Dims& x) const;

  // The pads for one input shape.
  deconv_padding padding(const Dims& x) const;

  // Dims of the output, computed without an operator; -1 where x has -1. x: as check_input demands, batch and extents may be -1.
  Dims output_dims(const Dims& x) const;

 private:
  bool pads_depend_on_input() const { return !output_shape_.empty() || same_; }
  void set_axes(const Attributes& attributes);

  deconv_params params_;
  Dims output_shape_;  // one per spatial axis, or empty
  bool same_ = false;  // SAME_UPPER or SAME_LOWER
  bool same_upper_ = false;
};

}  // namespace deconv_ort
