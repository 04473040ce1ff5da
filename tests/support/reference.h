// SPDX-License-Identifier: Apache-2.0
// Two independent definitions of the result, in double, on canonical tensors: a scatter over inputs and taps, and the article's
// zero-insert-then-correlate. Neither shares a line or an idea (gather, phases) with a backend.
#pragma once

#include <cstdint>
#include <vector>

#include "support/fill.h"
#include "support/problem.h"

namespace deconv_test {

struct Reference {
  // [N][OC][out spatial]
  std::vector<double> value;      // the result
  std::vector<double> argument;   // what the activation was applied to
  std::vector<double> magnitude;  // |scale| * sum |x*w| + |bias| + |residual|; empty unless asked for
  std::vector<int64_t> terms;     // [out spatial]: products that each element is the sum of
  int64_t products = 0;           // counted one by one: twice this is what deconv_plan_info.flops must say
};

Reference scatter_reference(const Problem& problem, const Tensors& tensors, bool with_magnitude);

// The article's method for every rank, stride, dilation and pad: S-1 zeros between inputs, D*(K-1) zeros around them, correlate with
// the kernel rotated by 180 degrees, crop. Returns [N][OC][out spatial] after the epilogue.
std::vector<double> article_reference(const Problem& problem, const Tensors& tensors);

// The transpose of the linear map src -> dst: an ordinary strided convolution of y ([N][OC][out]) to [N][IC][in]. No epilogue.
std::vector<double> adjoint(const Problem& problem, const std::vector<float>& weights, const std::vector<double>& y);

// Products that land inside dst, counted without tensors.
int64_t count_products(const Problem& problem);

// The activations of deconv.h in double.
double activate(const Problem& problem, double x, double slope);

// scale, bias and residual of [N][OC][out] sums; the caller activates.
std::vector<double> before_activation(const Problem& problem, const Tensors& tensors, const std::vector<double>& sums);

}  // namespace deconv_test
