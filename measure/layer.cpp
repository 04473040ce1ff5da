// SPDX-License-Identifier: Apache-2.0
#include "layer.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/checked.h"
#include "core/division.h"

namespace deconv::bench {
namespace {

// Stays at the largest number: layers come from files, and what is only explained needs no memory.
int64_t product(std::initializer_list<int64_t> factors) {
  int64_t all = 1;
  for (const int64_t factor : factors) all = saturating_mul(all, factor);
  return all;
}

int64_t product(const int64_t* extents, int rank) {
  int64_t all = 1;
  for (int a = 0; a < rank; ++a) all = saturating_mul(all, extents[a]);
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

// Of one axis: products of an input and a tap that land inside dst, and the inputs and taps that have any. A 1x1 input under k4 s2 p1 reads
// 2 of 4 taps an axis, a quarter of the weights in 2-D.
struct Reach {
  int64_t products = 0, inputs = 0, taps = 0;
};

// One side of the products' positions a*step + b*other_step: `count` numbers a.
struct Side {
  int64_t count, step;
};

// For each b the numbers a that land, 0 <= a*step + b*other_step - pad < out, are a range, which falls as b grows. Their union is what of
// this side is reached: ranges in rising order, each without what is below its predecessor's end. {products, reached a, reached b}.
std::array<int64_t, 3> landing(const Side& a, const Side& b, int64_t pad, int64_t out) {
  int64_t products = 0, reached_a = 0, reached_b = 0, seen = 0;
  for (int64_t i = b.count - 1; i >= 0; --i) {
    const int64_t least = pad - i * b.step;
    const int64_t begin = std::max<int64_t>(0, ceil_div(least, a.step)), end = std::min(a.count, floor_div(least + out - 1, a.step) + 1);
    if (begin >= end) continue;
    products = saturating_add(products, end - begin);
    ++reached_b;
    reached_a += std::max<int64_t>(0, end - std::max(begin, seen));
    seen = std::max(seen, end);
  }
  return {products, reached_a, reached_b};
}

// In time proportional to the smaller of the extents: explaining a layer needs no memory for it, and models are untrusted.
Reach axis_reach(const Layer& layer, int axis) {
  const Side inputs{layer.in[axis], layer.stride[axis]}, taps{layer.kernel[axis], layer.dilation[axis]};
  const bool by_taps = taps.count <= inputs.count;
  const auto [products, reached_a, reached_b] =
      landing(by_taps ? inputs : taps, by_taps ? taps : inputs, layer.padding.begin[axis], layer.out[axis]);
  return by_taps ? Reach{products, reached_a, reached_b} : Reach{products, reached_b, reached_a};
}

}  // namespace

int64_t Layer::in_spatial() const { return product(in, rank); }
int64_t Layer::out_spatial() const { return product(out, rank); }
int64_t Layer::taps() const { return product(kernel, rank); }
int64_t Layer::src_count() const { return product({batch, in_channels, in_spatial()}); }
int64_t Layer::weights_count() const { return product({in_channels, out_channels / groups, taps()}); }
int64_t Layer::dst_count() const { return product({batch, out_channels, out_spatial()}); }
int64_t Layer::flops_uncropped() const { return product({2, batch, in_spatial(), weights_count()}); }

int64_t Layer::flops() const {
  int64_t products = product({2, batch, in_channels, out_channels / groups});
  for (int a = 0; a < rank; ++a) products = saturating_mul(products, axis_reach(*this, a).products);
  return products;
}

int64_t Layer::channel_vectors() const {
  return (bias ? 1 : 0) + (epilogue.scale ? 1 : 0) + (epilogue.activation == DECONV_ACTIVATION_PRELU ? 1 : 0);
}

int64_t Layer::compulsory_bytes() const {
  int64_t inputs = 1, reached_taps = 1;
  for (int a = 0; a < rank; ++a) {
    const Reach reach = axis_reach(*this, a);
    inputs = saturating_mul(inputs, reach.inputs);
    reached_taps = saturating_mul(reached_taps, reach.taps);
  }
  int64_t floats = product({batch, in_channels, inputs});
  for (const int64_t more : {product({in_channels, out_channels / groups, reached_taps}), product({channel_vectors(), out_channels}),
                             product({epilogue.residual ? 2 : 1, dst_count()})}) {
    floats = saturating_add(floats, more);
  }
  return saturating_mul(floats, static_cast<int64_t>(sizeof(float)));
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

bool has_control_characters(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string to_text(Layouts layouts) {
  const auto name = [](deconv_layout layout) { return layout == DECONV_CHANNELS_FIRST ? "nchw" : "nhwc"; };
  return layouts.src == layouts.dst ? name(layouts.src) : std::string(name(layouts.src)) + ">" + name(layouts.dst);
}

}  // namespace deconv::bench
