// SPDX-License-Identifier: Apache-2.0
#include "onednn/attributes.h"

#include "onednn/onednn_shim.h"

namespace deconv {
namespace {

constexpr int kPerChannel = 1 << 1;  // oneDNN's mask: dimension 1 of N, C, spatial

void append_activation(const Epilogue& e, dnnl::post_ops* ops) {
  using dnnl::algorithm;
  switch (e.activation) {
    case DECONV_ACTIVATION_NONE:
      return;
    case DECONV_ACTIVATION_RELU:
      return append_eltwise(ops, algorithm::eltwise_relu, 0.0f, 0.0f);
    case DECONV_ACTIVATION_LEAKY_RELU:
      return append_eltwise(ops, algorithm::eltwise_relu, e.alpha, 0.0f);
    case DECONV_ACTIVATION_PRELU:
      return ops->append_prelu(kPerChannel);
    case DECONV_ACTIVATION_CLAMP:
      return append_eltwise(ops, algorithm::eltwise_clip, e.clamp_min, e.clamp_max);
    case DECONV_ACTIVATION_SIGMOID:
      return append_eltwise(ops, algorithm::eltwise_logistic, 0.0f, 0.0f);
    case DECONV_ACTIVATION_TANH:
      return append_eltwise(ops, algorithm::eltwise_tanh, 0.0f, 0.0f);
    case DECONV_ACTIVATION_GELU_ERF:
      return append_eltwise(ops, algorithm::eltwise_gelu_erf, 0.0f, 0.0f);
    case DECONV_ACTIVATION_GELU_TANH:
      return append_eltwise(ops, algorithm::eltwise_gelu_tanh, 0.0f, 0.0f);
    case DECONV_ACTIVATION_SILU:
      return append_eltwise(ops, algorithm::eltwise_swish, 1.0f, 0.0f);
    case DECONV_ACTIVATION_HARDSWISH:
      return append_hardswish(ops);
    case DECONV_ACTIVATION_ELU:
      return append_eltwise(ops, algorithm::eltwise_elu, e.alpha, 0.0f);
  }
}

}  // namespace

dnnl::primitive_attr make_attributes(const Epilogue& epilogue) {
  dnnl::post_ops ops;
  if (epilogue.has_residual) ops.append_sum(1.0f);
  append_activation(epilogue, &ops);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(ops);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);  // one primitive serves any number of threads at the same time
  attributes.set_fpmath_mode(dnnl::fpmath_mode::strict);        // ONEDNN_DEFAULT_FPMATH_MODE must not turn f32 into bf16
  return attributes;
}

int slopes_argument(const Epilogue& epilogue) { return DNNL_ARG_ATTR_MULTIPLE_POST_OP(epilogue.has_residual ? 1 : 0) | DNNL_ARG_WEIGHTS; }

}  // namespace deconv
