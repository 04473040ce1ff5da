// SPDX-License-Identifier: Apache-2.0
// Everything in which oneDNN 2.x and 3.x differ. The rest of the folder compiles unchanged against both.
#pragma once

#include <dnnl.hpp>

namespace deconv {

// A deconvolution before an implementation is chosen. `bias` is a zero descriptor where there is none.
struct Descriptors {
  dnnl::memory::desc src, weights, bias, dst;
  dnnl::memory::dims strides, dilations, padding_begin, padding_end;
};

using PrimitiveDesc = dnnl::deconvolution_forward::primitive_desc;

// 2.x goes through deconvolution_forward::desc, which 3.x removed. Throws dnnl::error.
PrimitiveDesc make_primitive_desc(const Descriptors& descriptors, const dnnl::primitive_attr& attributes, const dnnl::engine& engine);

// 2.x takes a scale as the first argument, 3.x does not.
void append_eltwise(dnnl::post_ops* ops, dnnl::algorithm algorithm, float alpha, float beta);

// 2.x computes x * min(max(x + 3, 0), 6) / 6 whatever alpha and beta are, 3.x x * min(max(alpha * x + beta, 0), 1).
void append_hardswish(dnnl::post_ops* ops);

}  // namespace deconv
