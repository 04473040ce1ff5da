// SPDX-License-Identifier: Apache-2.0
#include "core/tuning_key.h"

#include <algorithm>

#include "core/isa.h"
#include "core/parallel.h"

namespace deconv {
namespace {

const char* const kTypes[] = {"f32", "bf16", "f16", "s8", "u8"};
const char* const kLayouts[] = {"nchw", "nhwc"};
const char* const kActivations[] = {"",     "relu", "leaky",     "prelu", "clamp",     "sigmoid",
                                    "tanh", "gelu", "gelu_tanh", "silu",  "hardswish", "elu"};

std::string number(const char* word, int64_t value) { return std::string(" ") + word + std::to_string(value); }

std::string axes(const char* word, const Axes& values, int rank) {
  std::string text = std::string(" ") + word;
  for (int a = 3 - rank; a < 3; ++a) text += (a == 3 - rank ? "" : "x") + std::to_string(values[a]);
  return text;
}

std::string types(const Parameters& p) {
  if (p.src_type == p.dst_type && p.src_type == p.weights_type) return std::string(" ") + kTypes[p.src_type];
  return std::string(" src:") + kTypes[p.src_type] + " weights:" + kTypes[p.weights_type] + " dst:" + kTypes[p.dst_type];
}

std::string layouts(const Parameters& p) {
  if (p.src_layout == p.dst_layout) return std::string(" layout:") + kLayouts[p.src_layout];
  return std::string(" src:") + kLayouts[p.src_layout] + " dst:" + kLayouts[p.dst_layout];
}

std::string epilogue(const Epilogue& e) {
  std::string text;
  if (e.has_bias) text += " bias";
  if (e.has_scale) text += " scale";
  if (e.has_residual) text += " residual";
  if (e.activation != DECONV_ACTIVATION_NONE) text += std::string(" ") + kActivations[e.activation];
  return text;
}

}  // namespace

std::string tuning_key(const Parameters& p, const Shape& shape) {
  std::string key = "d" + std::to_string(p.rank) + number("n", shape.batch) + number("g", p.groups);
  key += number("ic", p.in_channels) + number("oc", p.out_channels) + axes("ih", shape.in, p.rank);
  key += axes("k", p.kernel, p.rank) + axes("s", p.stride, p.rank) + axes("d", p.dilation, p.rank);
  key += axes("pb", shape.padding.begin, p.rank) + axes("pe", shape.padding.end, p.rank) + axes("op", shape.padding.output, p.rank);
  key += types(p) + layouts(p) + epilogue(p.epilogue);
  if (p.accuracy == DECONV_ACCURACY_STRICT) key += " strict";
  key += number("t", shape.threads) + " isa:" + (p.max_isa.empty() ? isa_names().front() : p.max_isa);
  if (!p.backend.empty()) key += " backend:" + p.backend;
  return key;
}

std::optional<Shape> expected_shape(const Parameters& params) {
  if (std::find(params.expected_in.begin(), params.expected_in.end(), 0) != params.expected_in.end()) return std::nullopt;
  Shape shape;
  shape.batch = std::max<int64_t>(params.expected_batch, 1);
  shape.in = params.expected_in;
  shape.padding = params.padding;
  shape.threads = resolved_threads(params.expected_threads);
  return shape;
}

}  // namespace deconv
