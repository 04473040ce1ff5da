// SPDX-License-Identifier: Apache-2.0
#include "onednn/onednn_shim.h"

namespace deconv {

PrimitiveDesc make_primitive_desc(const Descriptors& d, const dnnl::primitive_attr& attributes, const dnnl::engine& engine) {
  constexpr auto kind = dnnl::prop_kind::forward_inference;
  constexpr auto algorithm = dnnl::algorithm::deconvolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  return PrimitiveDesc(engine, kind, algorithm, d.src, d.weights, d.bias, d.dst, d.strides, d.dilations, d.padding_begin, d.padding_end,
                       attributes);
#else
  const dnnl::deconvolution_forward::desc description(kind, algorithm, d.src, d.weights, d.bias, d.dst, d.strides, d.dilations,
                                                      d.padding_begin, d.padding_end);
  return PrimitiveDesc(description, attributes, engine);
#endif
}

void append_eltwise(dnnl::post_ops* ops, dnnl::algorithm algorithm, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  ops->append_eltwise(algorithm, alpha, beta);
#else
  ops->append_eltwise(1.0f, algorithm, alpha, beta);
#endif
}

void append_hardswish(dnnl::post_ops* ops) { append_eltwise(ops, dnnl::algorithm::eltwise_hardswish, 1.0f / 6.0f, 0.5f); }

}  // namespace deconv
