// SPDX-License-Identifier: Apache-2.0
#include "conformance/random_problem.h"

#include <algorithm>

#include "support/fill.h"
#include "support/reference.h"

namespace deconv_test {
namespace {

// Products per problem: a plain loop does this in about a millisecond.
constexpr int64_t kMaxProducts = 400'000;

}  // namespace

int64_t RandomProblems::in(int64_t low, int64_t high) {
  state_ = hash64(state_);
  return low + static_cast<int64_t>(state_ >> 1) % (high - low + 1);
}

int64_t RandomProblems::among(std::initializer_list<int64_t> values) {
  return values.begin()[in(0, static_cast<int64_t>(values.size()) - 1)];
}

Problem RandomProblems::next() {
  for (;;) {
    const Problem p = draw();
    if (legal(p) && count_products(p) <= kMaxProducts && geometry(p).out_spatial() * p.out_channels * p.batch <= 2 * kMaxProducts) return p;
  }
}

Problem RandomProblems::draw() {
  Problem p;
  p.rank = static_cast<int>(among({1, 2, 2, 2, 3}));
  p.batch = among({1, 1, 1, 2, 3, 7});
  const int64_t icg = among({1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 64, 70}),
                ocg = among({1, 2, 3, 4, 7, 8, 9, 12, 16, 17, 24, 33, 48, 50, 100});
  p.groups = among({1, 1, 1, 2, 3});
  const bool depthwise = in(0, 7) == 0;
  p.in_channels = depthwise ? in(1, 70) : icg * p.groups;
  if (depthwise) p.groups = p.in_channels;
  p.out_channels = depthwise ? p.groups * in(1, 2) : ocg * p.groups;
  for (int axis = 0; axis < p.rank; ++axis) draw_axis(&p, axis);
  if (depthwise && in(0, 3) == 0) {
    const int last = p.rank - 1;
    p.stride[last] = in(5, 20);
    p.kernel[last] = in(1, 2 * p.stride[last] + 1);
    p.pad_begin[last] = in(0, p.kernel[last] - 1);
  }
  draw_options(&p);
  return p;
}

void RandomProblems::draw_axis(Problem* p, int axis) {
  p->in[axis] = among({1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 33});
  p->kernel[axis] = among({1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 11});
  p->stride[axis] = among({1, 1, 2, 2, 2, 3, 4, 5, 8});
  p->dilation[axis] = among({1, 1, 1, 1, 2, 3});
  const int64_t reach = p->dilation[axis] * (p->kernel[axis] - 1);
  p->pad_begin[axis] = in(0, 3) == 0 ? in(0, reach + 2) : reach / 2;
  p->pad_end[axis] = in(0, 3) == 0 ? in(0, reach + 2) : reach / 2;
  p->output_padding[axis] = in(0, 2) == 0 ? in(0, std::max(p->stride[axis], p->dilation[axis]) - 1) : 0;
}

void RandomProblems::draw_options(Problem* p) {
  p->src_layout = in(0, 1) == 0 ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST;
  p->dst_layout = in(0, 7) != 0 ? p->src_layout : in(0, 1) == 0 ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST;
  p->weights_layout = static_cast<deconv_weights_layout>(in(0, 3));
  p->weights_form = in(0, 3) == 0 ? DECONV_FORM_CORRELATION : DECONV_FORM_TRANSPOSED;
  p->bias = in(0, 1) == 0;
  p->scale = in(0, 3) == 0;
  p->residual = in(0, 3) == 0;
  p->inplace = p->residual && in(0, 1) == 0;
  if (in(0, 1) == 0) p->activation = static_cast<deconv_activation>(in(0, 11));
  if (p->activation == DECONV_ACTIVATION_LEAKY_RELU || p->activation == DECONV_ACTIVATION_ELU) p->alpha = 0.1f;
  if (p->activation == DECONV_ACTIVATION_CLAMP) p->clamp_max = 6.0f;
  p->strict = in(0, 7) == 0;
  p->threads = in(0, 3) == 0 ? 2 : 1;
}

}  // namespace deconv_test
