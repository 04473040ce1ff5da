// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "support/problem.h"
#include "support/problem_words.h"

namespace deconv_test {
namespace {

std::string axes_word(const char* key, const Axes& values, int rank) {
  std::string word = std::string(" ") + key;
  for (int axis = 0; axis < rank; ++axis) word += (axis == 0 ? "" : "x") + std::to_string(values[axis]);
  return word;
}

// Nine digits bring every float back exactly.
std::string number(float value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", static_cast<double>(value));
  return text;
}

std::string layout_words(const Problem& p) {
  const auto name = [](deconv_layout layout) { return layout == DECONV_CHANNELS_LAST ? "nhwc" : "nchw"; };
  if (p.src_layout == p.dst_layout) return p.src_layout == DECONV_CHANNELS_LAST ? " layout:nhwc" : "";
  return std::string(" src:") + name(p.src_layout) + " dst:" + name(p.dst_layout);
}

std::string activation_word(const Problem& p) {
  for (const auto& entry : kActivationWords) {
    if (entry.activation != p.activation) continue;
    std::string word = std::string(" ") + entry.word;
    if (entry.numbers == 1) word += ":" + number(p.alpha);
    if (entry.numbers == 2) word += ":" + number(p.clamp_min) + "," + number(p.clamp_max);
    return word;
  }
  return "";
}

std::string weights_words(const Problem& p) {
  std::string words;
  for (const auto& entry : kWeightsWords)
    if (entry.layout == p.weights_layout && p.weights_layout != DECONV_WEIGHTS_IO) words = std::string(" w:") + entry.word;
  return words + (p.weights_form == DECONV_FORM_CORRELATION ? " form:correlation" : "");
}

}  // namespace

std::string format_problem(const Problem& p) {
  std::string text = "d" + std::to_string(p.rank) + " n" + std::to_string(p.batch) + " g" + std::to_string(p.groups) + " ic" +
                     std::to_string(p.in_channels) + " oc" + std::to_string(p.out_channels);
  text += axes_word("ih", p.in, p.rank) + axes_word("k", p.kernel, p.rank) + axes_word("s", p.stride, p.rank);
  text += axes_word("d", p.dilation, p.rank) + axes_word("pb", p.pad_begin, p.rank) + axes_word("pe", p.pad_end, p.rank);
  text += axes_word("op", p.output_padding, p.rank) + layout_words(p) + weights_words(p);
  if (p.scale) text += " scale";
  if (p.bias) text += " bias";
  if (p.residual) text += p.inplace ? " inplace" : " residual";
  text += activation_word(p);
  if (p.strict) text += " strict";
  if (p.threads != 1) text += " t" + std::to_string(p.threads);
  return text;
}

}  // namespace deconv_test
