// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_channels/fold.h"

namespace deconv {
namespace {

// A per-channel vector, once for each phase.
AlignedBuffer<float> repeat(const float* values, bool present, int64_t channels, int64_t phases) {
  AlignedBuffer<float> result(present ? static_cast<size_t>(channels * phases) : 0);
  for (size_t i = 0; i < result.size(); ++i) result[i] = values[static_cast<int64_t>(i) % channels];
  return result;
}

// [input channel][phase][output channel][tap], the order of PyTorch's weights with phases before channels.
AlignedBuffer<float> fold_weights(const Parameters& p) {
  const int64_t phases = p.stride[2], taps = p.kernel[2] / phases;
  const auto* weights = static_cast<const float*>(p.weights);
  AlignedBuffer<float> result(static_cast<size_t>(p.weights_count()));
  float* to = result.data();
  for (int64_t ic = 0; ic < p.in_channels; ++ic) {
    for (int64_t phase = 0; phase < phases; ++phase) {
      for (int64_t oc = 0; oc < p.out_channels; ++oc) {
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a buffer of as many weights as the loops have turns is there
        for (int64_t tap = 0; tap < taps; ++tap) *to++ = weights[weight_index(p, ic, oc, {0, 0, tap * phases + phase})];
      }
    }
  }
  return result;
}

}  // namespace

Support check_fold(const Parameters& p) {
  if (p.rank != 1) return Support::no("phases of one axis only lie together in dst");
  if (p.groups != 1) return Support::no("groups: other groups' channels lie between those of two phases");
  if (p.out_channels > 1 && p.dst_layout != DECONV_CHANNELS_LAST) return Support::no("channels-first phases of several channels lie apart");
  if (p.stride[2] == 1) return Support::no("no stride: a single phase");
  if (p.kernel[2] % p.stride[2] != 0) return Support::no("the kernel is not a multiple of the stride: some phases have fewer taps");
  if (p.dilation[2] != 1) return Support::no("dilation spreads the taps of a phase");
  return Support::yes();
}

Parameters fold(const Parameters& p) {
  Parameters folded = p;
  const int64_t phases = p.stride[2];
  folded.out_channels = folded_channels(p);
  folded.dst_layout = DECONV_CHANNELS_LAST;
  folded.kernel[2] /= phases;
  folded.stride[2] = 1;
  folded.padding.begin[2] /= phases;
  folded.padding.end[2] /= phases;
  folded.padding.output[2] = 0;
  folded.weights_layout = DECONV_WEIGHTS_IO;
  folded.weights_form = DECONV_FORM_TRANSPOSED;
  folded.weights = nullptr;
  folded.bias = folded.scale = folded.prelu_slopes = nullptr;
  folded.algorithm.clear();
  return folded;
}

FoldedLayer::FoldedLayer(const Parameters& p)
    : params_(fold(p)),
      weights_(fold_weights(p)),
      scale_(repeat(p.scale, p.epilogue.has_scale, p.out_channels, p.stride[2])),
      bias_(repeat(p.bias, p.epilogue.has_bias, p.out_channels, p.stride[2])),
      slopes_(repeat(p.prelu_slopes, p.epilogue.activation == DECONV_ACTIVATION_PRELU, p.out_channels, p.stride[2])) {
  params_.weights = weights_.data();
  params_.scale = scale_.data();
  params_.bias = bias_.data();
  params_.prelu_slopes = slopes_.data();
}

}  // namespace deconv
