// SPDX-License-Identifier: Apache-2.0
#include "fuzz/call.h"

#include <algorithm>
#include <cmath>

namespace deconv_fuzz {

using deconv_test::Problem;

Call to_call(const Problem& p) {
  Call c;
  c.rank = p.rank;
  c.groups = p.groups;
  c.in_channels = p.in_channels;
  c.out_channels = p.out_channels;
  c.kernel = p.kernel;
  c.stride = p.stride;
  c.dilation = p.dilation;
  c.pad_begin = p.pad_begin;
  c.pad_end = p.pad_end;
  c.output_padding = p.output_padding;
  c.batch = p.batch;
  c.in = c.expected_in = p.in;
  c.expected_batch = p.batch;
  c.threads = p.threads;
  c.src_layout = p.src_layout;
  c.dst_layout = p.dst_layout;
  c.weights_layout = p.weights_layout;
  c.weights_form = p.weights_form;
  c.activation = p.activation;
  c.accuracy = p.strict ? DECONV_ACCURACY_STRICT : DECONV_ACCURACY_DEFAULT;
  c.has_residual = p.residual ? 1 : 0;
  const bool slopes = p.activation == DECONV_ACTIVATION_PRELU;
  c.vectors = static_cast<uint8_t>((p.bias ? 1u << kBias : 0u) | (p.scale ? 1u << kScale : 0u) | (slopes ? 1u << kSlopes : 0u) |
                                   (p.inplace ? 1u << kInPlace : 0u));
  c.alpha = p.alpha;
  c.clamp_min = p.clamp_min;
  c.clamp_max = p.clamp_max;
  return c;
}

bool to_problem(const Call& c, Problem* p) {
  const auto within = [](int32_t value, int32_t count) { return value >= 0 && value < count; };
  if (c.rank < 1 || c.rank > DECONV_MAX_RANK || c.types[0] != 0 || c.types[1] != 0 || c.types[2] != 0 || c.spoil != 0) return false;
  if (!within(c.src_layout, 2) || !within(c.dst_layout, 2) || !within(c.weights_layout, 4) || !within(c.weights_form, 2)) return false;
  if (!within(c.activation, 12) || !within(c.accuracy, 2) || !within(c.has_residual, 2) || c.threads < 0) return false;
  if (c.expected_batch < 0 || c.expected_threads < 0 || *std::min_element(c.expected_in.begin(), c.expected_in.end()) < 0) return false;
  // The reference's bounds are for slopes of ordinary size.
  if (!(std::fabs(c.alpha) <= 8.0f) || !(c.clamp_min <= c.clamp_max)) return false;
  if (c.activation == DECONV_ACTIVATION_PRELU && !c.has(kSlopes)) return false;
  *p = Problem();
  p->rank = c.rank;
  p->groups = c.groups;
  p->in_channels = c.in_channels;
  p->out_channels = c.out_channels;
  p->kernel = c.kernel;
  p->stride = c.stride;
  p->dilation = c.dilation;
  p->pad_begin = c.pad_begin;
  p->pad_end = c.pad_end;
  p->output_padding = c.output_padding;
  p->batch = c.batch;
  p->in = c.in;
  p->threads = c.threads;
  p->src_layout = static_cast<deconv_layout>(c.src_layout);
  p->dst_layout = static_cast<deconv_layout>(c.dst_layout);
  p->weights_layout = static_cast<deconv_weights_layout>(c.weights_layout);
  p->weights_form = static_cast<deconv_weights_form>(c.weights_form);
  p->activation = static_cast<deconv_activation>(c.activation);
  p->strict = c.accuracy == DECONV_ACCURACY_STRICT;
  p->residual = c.has_residual == 1;
  p->inplace = p->residual && c.has(kInPlace);
  p->bias = c.has(kBias);
  p->scale = c.has(kScale);
  p->alpha = c.alpha;
  p->clamp_min = c.clamp_min;
  p->clamp_max = c.clamp_max;
  return true;
}

}  // namespace deconv_fuzz
