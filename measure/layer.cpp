// SPDX-License-Identifier: Apache-2.0
#include "layer.h"

#include <algorithm>

namespace deconv::bench {
namespace {

int64_t product(const int64_t* extents, int rank) {
  int64_t all = 1;
  for (int a = 0; a < rank; ++a) all *= extents[a];
  return all;
}

std::string axes_text(const int64_t* extents, int rank) {
  std::string text = std::to_string(extents[0]);
  for (int a = 1; a < rank; ++a) text += "x" + std::to_string(extents[a]);
  return text;
}

// One number when all axes agree.
std::string short_axes_text(const int64_t* extents, int rank) {
  return std::all_of(extents, extents + rank, [&](int64_t e) { return e == extents[0]; }) ? std::to_string(extents[0])
                                                                                          : axes_text(extents, rank);
}

bool all_ones(const int64_t* extents, int rank) {
  return std::all_of(extents, extents + rank, [](int64_t e) { return e == 1; });
}

// Of one axis: inputs and taps that reach an output. A 1x1 input under k4 s2 p1 reads 2 of 4 taps an axis, a quarter of the weights in 2-D.
struct Reach {
  int64_t inputs = 0, taps = 0;
};

// Whether the product of input i and tap t of an axis lands inside dst.
bool lands(const Layer& layer, int a, int64_t i, int64_t t) {
  const int64_t o = i * layer.stride[a] + t * layer.dilation[a] - layer.padding.begin[a];
  return o >= 0 && o < layer.out[a];
}

Reach axis_reach(const Layer& layer, int a) {
  Reach reach;
  for (int64_t i = 0; i < layer.in[a]; ++i) {
    for (int64_t t = 0; t < layer.kernel[a]; ++t) {
      if (lands(layer, a, i, t)) {
        ++reach.inputs;
        break;
      }
    }
  }
  for (int64_t t = 0; t < layer.kernel[a]; ++t) {
    for (int64_t i = 0; i < layer.in[a]; ++i) {
      if (lands(layer, a, i, t)) {
        ++reach.taps;
        break;
      }
    }
  }
  return reach;
}

}  // namespace

int64_t Layer::in_spatial() const { return product(in, rank); }
int64_t Layer::out_spatial() const { return product(out, rank); }
int64_t Layer::taps() const { return product(kernel, rank); }
int64_t Layer::src_count() const { return batch * in_channels * in_spatial(); }
int64_t Layer::weights_count() const { return in_channels * (out_channels / groups) * taps(); }
int64_t Layer::dst_count() const { return batch * out_channels * out_spatial(); }
int64_t Layer::flops_uncropped() const { return 2 * batch * in_spatial() * weights_count(); }

int64_t Layer::flops() const {
  int64_t pairs = 1;  // of an input and a tap, on all axes
  for (int a = 0; a < rank; ++a) {
    int64_t landing = 0;
    for (int64_t i = 0; i < in[a]; ++i) {
      for (int64_t t = 0; t < kernel[a]; ++t) landing += lands(*this, a, i, t) ? 1 : 0;
    }
    pairs *= landing;
  }
  return 2 * batch * in_channels * (out_channels / groups) * pairs;
}

int64_t Layer::channel_vectors() const {
  return (bias ? 1 : 0) + (epilogue.scale ? 1 : 0) + (epilogue.activation == DECONV_ACTIVATION_PRELU ? 1 : 0);
}

int64_t Layer::compulsory_bytes() const {
  int64_t inputs = 1, reached_taps = 1;
  for (int a = 0; a < rank; ++a) {
    const Reach reach = axis_reach(*this, a);
    inputs *= reach.inputs;
    reached_taps *= reach.taps;
  }
  const int64_t floats = batch * in_channels * inputs + in_channels * (out_channels / groups) * reached_taps +
                         channel_vectors() * out_channels + (epilogue.residual ? 2 : 1) * dst_count();
  return floats * static_cast<int64_t>(sizeof(float));
}

deconv_params to_params(const Layer& layer, Layouts layouts, int threads) {
  deconv_params params;
  deconv_params_init(&params);
  params.rank = layer.rank;
  params.groups = layer.groups;
  params.in_channels = layer.in_channels;
  params.out_channels = layer.out_channels;
  std::copy_n(layer.kernel, layer.rank, params.kernel);
  std::copy_n(layer.stride, layer.rank, params.stride);
  std::copy_n(layer.dilation, layer.rank, params.dilation);
  params.padding = layer.padding;
  params.src_layout = layouts.src;
  params.dst_layout = layouts.dst;
  params.weights_layout = layer.weights_layout;
  params.weights_form = layer.weights_form;
  params.has_residual = layer.epilogue.residual ? 1 : 0;
  params.activation = layer.epilogue.activation;
  params.alpha = layer.epilogue.alpha;
  params.clamp_min = layer.epilogue.clamp_min;
  params.clamp_max = layer.epilogue.clamp_max;
  params.accuracy = layer.strict ? DECONV_ACCURACY_STRICT : DECONV_ACCURACY_DEFAULT;
  params.expected_batch = layer.batch;
  std::copy_n(layer.in, layer.rank, params.expected_in);
  params.expected_threads = threads;
  return params;
}

std::string to_text(const Layer& layer) {
  std::string text = layer.batch == 1 ? "" : "n" + std::to_string(layer.batch) + " ";
  text += std::to_string(layer.in_channels) + "->" + std::to_string(layer.out_channels);
  if (layer.groups != 1) text += " g" + std::to_string(layer.groups);
  text += " " + axes_text(layer.in, layer.rank) + " k" + short_axes_text(layer.kernel, layer.rank);
  if (!all_ones(layer.stride, layer.rank)) text += " s" + short_axes_text(layer.stride, layer.rank);
  if (!all_ones(layer.dilation, layer.rank)) text += " d" + short_axes_text(layer.dilation, layer.rank);
  return text;
}

std::string to_text(Layouts layouts) {
  const auto name = [](deconv_layout layout) { return layout == DECONV_CHANNELS_FIRST ? "nchw" : "nhwc"; };
  return layouts.src == layouts.dst ? name(layouts.src) : std::string(name(layouts.src)) + ">" + name(layouts.dst);
}

}  // namespace deconv::bench
