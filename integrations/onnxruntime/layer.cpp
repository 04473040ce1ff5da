// SPDX-License-Identifier: Apache-2.0
#include "layer.h"

#include <algorithm>
#include <limits>

namespace deconv_ort {
namespace {

int64_t product(int64_t a, int64_t b, const char* what) {
  if (a < 0 || b < 0 || (b != 0 && a > std::numeric_limits<int64_t>::max() / b)) {
    throw Failure(ORT_INVALID_ARGUMENT,
                  std::string(what) + " = " + std::to_string(a) + " * " + std::to_string(b) + " does not fit 64 bits");
  }
  return a * b;
}

void check_count(const char* name, const Dims& values, size_t expected) {
  if (values.empty() || values.size() == expected) return;
  throw Failure(ORT_INVALID_ARGUMENT, std::string(name) + " = " + to_string(values) + " must have " + std::to_string(expected) + " values");
}

void assign(const Dims& values, size_t first, size_t count, int64_t (&axes)[DECONV_MAX_RANK]) {
  if (!values.empty()) std::copy_n(values.begin() + static_cast<ptrdiff_t>(first), count, axes);
}

}  // namespace

Layer::Layer(const Attributes& attributes, const Dims& weights) {
  if (weights.size() < 3 || weights.size() > 2 + DECONV_MAX_RANK) {
    throw Failure(weights.size() < 3 ? ORT_INVALID_ARGUMENT : ORT_NOT_IMPLEMENTED,
                  "W has dims " + to_string(weights) + ": 3 to " + std::to_string(2 + DECONV_MAX_RANK) + " are supported");
  }
  deconv_params_init(&params_);
  params_.rank = static_cast<int32_t>(weights.size() - 2);
  params_.groups = attributes.group;
  params_.in_channels = weights[0];
  params_.out_channels = product(weights[1], std::max<int64_t>(attributes.group, 0), "out channels");
  std::copy(weights.begin() + 2, weights.end(), params_.kernel);
  const Dims kernel(weights.begin() + 2, weights.end());
  if (!attributes.kernel_shape.empty() && attributes.kernel_shape != kernel) {
    throw Failure(ORT_INVALID_ARGUMENT,
                  "kernel_shape = " + to_string(attributes.kernel_shape) + " does not match W's dims " + to_string(weights));
  }
  set_axes(attributes);
  params_.activation = attributes.activation;
  params_.alpha = attributes.alpha;
  params_.clamp_min = attributes.clip_min;
  params_.clamp_max = attributes.clip_max;
}

void Layer::set_axes(const Attributes& attributes) {
  const auto rank = static_cast<size_t>(params_.rank);
  check_count("strides", attributes.strides, rank);
  check_count("dilations", attributes.dilations, rank);
  check_count("output_padding", attributes.output_padding, rank);
  check_count("pads", attributes.pads, 2 * rank);
  assign(attributes.strides, 0, rank, params_.stride);
  assign(attributes.dilations, 0, rank, params_.dilation);
  assign(attributes.output_padding, 0, rank, params_.padding.output);

  output_shape_ = attributes.output_shape;
  if (output_shape_.size() == rank + 2) output_shape_.erase(output_shape_.begin(), output_shape_.begin() + 2);  // the runtime allows it
  check_count("output_shape", output_shape_, rank);
  same_upper_ = attributes.auto_pad == AutoPad::kSameUpper;
  same_ = same_upper_ || attributes.auto_pad == AutoPad::kSameLower;
  if (pads_depend_on_input() || attributes.auto_pad == AutoPad::kValid) return;
  assign(attributes.pads, 0, rank, params_.padding.begin);
  assign(attributes.pads, attributes.pads.empty() ? 0 : rank, rank, params_.padding.end);
}

void Layer::check_input(const Dims& x) const {
  if (x.size() != static_cast<size_t>(rank()) + 2 || (x[1] != params_.in_channels && x[1] != -1)) {
    throw Failure(ORT_INVALID_ARGUMENT, "X has dims " + to_string(x) + " where W demands " + std::to_string(rank() + 2) + " of them and " +
                                            std::to_string(params_.in_channels) + " channels");
  }
}

// The total that must go is split as ONNX says; a total below zero becomes elements added at the end for an explicit output_shape, and
// nothing for SAME_*, whose output then stays below input * stride.
deconv_padding Layer::padding(const Dims& x) const {
  deconv_padding padding = params_.padding;
  if (!pads_depend_on_input()) return padding;
  int64_t full[DECONV_MAX_RANK] = {};
  deconv::throw_unless_ok(deconv_output_shape(&params_, x.data() + 2, full));
  for (int axis = 0; axis < rank(); ++axis) {
    const auto place = static_cast<size_t>(axis);
    const int64_t target = output_shape_.empty() ? product(x[place + 2], params_.stride[axis], "output extent") : output_shape_[place];
    if (target < 1) throw Failure(ORT_INVALID_ARGUMENT, "output_shape = " + to_string(output_shape_) + " must be positive");
    const int64_t total = std::max<int64_t>(full[axis] - target, 0);
    padding.begin[axis] = same_upper_ ? total / 2 : total - total / 2;
    padding.end[axis] = total - padding.begin[axis];
    if (!output_shape_.empty()) padding.output[axis] += std::max<int64_t>(target - full[axis], 0);
  }
  return padding;
}

Dims Layer::output_dims(const Dims& x) const {
  check_input(x);
  Dims y(x.size(), -1);
  y[0] = x[0];
  y[1] = params_.out_channels;
  if (std::find(x.begin() + 2, x.end(), -1) != x.end()) {
    std::copy(output_shape_.begin(), output_shape_.end(), y.begin() + 2);
    return y;
  }
  deconv_params params = params_;
  params.padding = padding(x);
  deconv::throw_unless_ok(deconv_output_shape(&params, x.data() + 2, y.data() + 2));
  return y;
}

}  // namespace deconv_ort
