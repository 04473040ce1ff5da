// SPDX-License-Identifier: Apache-2.0
// DCGAN's generator, the network of this example: 100 values become an image of 3 x 64 x 64 in five transposed convolutions.
#pragma once

#include <deconv/deconv.hpp>
#include <vector>

// Weights are random: the example shows the engine, not pictures.
class Generator {
 public:
  static constexpr int64_t kInputs = 100;

  Generator();

  // They point into this object.
  std::vector<deconv::Params> layers() const;

 private:
  struct Layer {
    int64_t in, out, stride, padding;
    bool last;
    std::vector<float> weights, scale, bias;  // the batch normalisation of training is scale and bias
  };
  std::vector<Layer> layers_;
};
