// SPDX-License-Identifier: Apache-2.0
#include "generator.h"

#include <random>

namespace {

constexpr int64_t kKernel = 4;

std::vector<float> normal(std::mt19937& random, int64_t count, float mean, float deviation) {
  std::normal_distribution<float> distribution(mean, deviation);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = distribution(random);
  return values;
}

}  // namespace

Generator::Generator() {
  std::mt19937 random(1);
  const int64_t channels[] = {kInputs, 512, 256, 128, 64, 3};
  for (int i = 0; i < 5; ++i) {
    const int64_t in = channels[i], out = channels[i + 1];
    // The first layer spreads one pixel over 4 x 4; the others double height and width.
    Layer layer{in, out, i == 0 ? 1 : 2, i == 0 ? 0 : 1, i == 4, {}, {}, {}};
    layer.weights = normal(random, in * out * kKernel * kKernel, 0.0f, 0.02f);
    layer.scale = normal(random, out, 1.0f, 0.02f);
    layer.bias = normal(random, out, 0.0f, 0.02f);
    layers_.push_back(std::move(layer));
  }
}

std::vector<deconv::Params> Generator::layers() const {
  std::vector<deconv::Params> all;
  for (const Layer& layer : layers_) {
    deconv::Params params(layer.in, layer.out, {kKernel, kKernel});
    params.set_stride({layer.stride, layer.stride}).set_padding({layer.padding, layer.padding});
    params.weights = layer.weights.data();
    params.scale = layer.scale.data();
    params.bias = layer.bias.data();
    params.activation = layer.last ? DECONV_ACTIVATION_TANH : DECONV_ACTIVATION_RELU;
    all.push_back(params);
  }
  return all;
}
