// SPDX-License-Identifier: Apache-2.0
#include "onednn/operator.h"

#include "onednn/descriptors.h"
#include "onednn/failure.h"
#include "onednn/plan.h"

namespace deconv {
namespace {

AlignedBuffer<float> copy(const float* values, bool present, int64_t count) {
  AlignedBuffer<float> result(present ? static_cast<size_t>(count) : 0);
  for (size_t i = 0; i < result.size(); ++i) result[i] = values[i];
  return result;
}

// oneDNN's plain order. The scale is folded in here: one rounding per weight instead of one per output, and no post-op.
AlignedBuffer<float> pack_plain(const Parameters& p) {
  AlignedBuffer<float> plain(static_cast<size_t>(p.weights_count()));
  const auto* const given = static_cast<const float*>(p.weights);
  size_t next = 0;
  for (int64_t channel = 0; channel < p.out_channels; ++channel) {
    const int64_t group = channel / p.out_channels_per_group(), oc = channel % p.out_channels_per_group();
    const float scale = p.epilogue.has_scale ? p.scale[channel] : 1.0f;
    for (int64_t i = 0; i < p.in_channels_per_group(); ++i) {
      const int64_t ic = group * p.in_channels_per_group() + i;
      for (int64_t d = 0; d < p.kernel[0]; ++d) {
        for (int64_t h = 0; h < p.kernel[1]; ++h) {
          for (int64_t w = 0; w < p.kernel[2]; ++w) plain[next++] = scale * given[weight_index(p, ic, oc, {d, h, w})];
        }
      }
    }
  }
  return plain;
}

}  // namespace

OnednnOperator::OnednnOperator(const Parameters& p, const Implementation& usual)
    : params_(p),
      plain_(pack_plain(p)),
      bias_(copy(p.bias, p.epilogue.has_bias, p.out_channels)),
      slopes_(copy(p.prelu_slopes, p.epilogue.activation == DECONV_ACTIVATION_PRELU, p.out_channels)),
      usual_(pack(usual.desc.weights_desc())),
      description_(usual.name() + ": oneDNN " + onednn_version() + "'s first choice for the expected shape") {}

PackedWeights OnednnOperator::pack(const dnnl::memory::desc& desc) const {
  PackedWeights packed{desc, AlignedBuffer<char>(desc.get_size())};
  translate_failures("reordering the weights", [&] {
    const dnnl::engine& engine = onednn_engine();
    dnnl::memory from(plain_weights(params_), engine, const_cast<float*>(plain_.data()));
    dnnl::memory to(desc, engine, packed.data.data());
    dnnl::stream stream(engine);
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
  });
  return packed;
}

int64_t OnednnOperator::packed_bytes() const {
  return static_cast<int64_t>(plain_.bytes() + bias_.bytes() + slopes_.bytes() + usual_.data.bytes());
}

std::unique_ptr<Plan> OnednnOperator::plan(const Shape& shape) const { return make_onednn_plan(*this, shape); }

}  // namespace deconv
