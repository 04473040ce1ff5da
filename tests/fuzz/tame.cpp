// SPDX-License-Identifier: Apache-2.0
#include "fuzz/tame.h"

#include <algorithm>
#include <cmath>

namespace deconv_fuzz {
namespace {

using deconv_test::Axes;

// Beyond these nothing new happens in a layer that is computed in a millisecond: panels have at most 48 channels, slices of weights 1365
// rows.
constexpr int64_t kMostKernel = 20, kMostStride = 12, kMostDilation = 9, kMostIn = 40, kMostBatch = 3, kMostGroups = 12,
                  kMostChannels = 600;

// Into [first, first + count).
template <class Number>
void bring(Number* value, Number first, Number count) {
  if (*value >= first && *value < first + count) return;
  const Number rest = *value % count;
  *value = first + (rest < 0 ? rest + count : rest);
}

class Tamer {
 public:
  Tamer(const Call& call, const Limits& limits) : c_(call), wild_(call), limits_(limits) {}

  Call call() {
    words();
    numbers();
    while (too_large()) halve_largest();
    for (int a = 0; a < c_.rank; ++a) pads(a);
    if (c_.tame / 2 % 2 == 1) stretch(c_.tame / 4 % c_.rank);
    return c_;
  }

 private:
  void words() {
    bring(&c_.rank, 1, DECONV_MAX_RANK);
    for (auto* value : {&c_.src_layout, &c_.dst_layout, &c_.weights_form, &c_.accuracy, &c_.has_residual}) bring(value, 0, 2);
    bring(&c_.weights_layout, 0, 4);
    bring(&c_.activation, 0, 12);
    std::fill(std::begin(c_.types), std::end(c_.types), 0);
    c_.spoil = 0;
    if (c_.activation == DECONV_ACTIVATION_PRELU) c_.vectors = static_cast<uint8_t>(c_.vectors | 1u << kSlopes);
    if (!(std::fabs(c_.alpha) <= 8.0f)) c_.alpha = 0.25f;
    if (!(c_.clamp_min <= c_.clamp_max)) c_.clamp_min = -1.0f, c_.clamp_max = 2.0f;
    bring(&c_.backend, uint8_t{0}, static_cast<uint8_t>(1 + deconv_backend_count()));
    bring(&c_.isa, uint8_t{0}, static_cast<uint8_t>(1 + deconv_isa_count()));
    bring(&c_.algorithm, uint8_t{0}, static_cast<uint8_t>(1 + deconv_algorithm_count("highway")));
    if (c_.algorithm != 0) c_.backend = 0;
  }

  void numbers() {
    bring<int64_t>(&c_.batch, 1, kMostBatch);
    bring<int64_t>(&c_.groups, 1, kMostGroups);
    bring<int32_t>(&c_.threads, 0, 9);
    icg_ = c_.in_channels / c_.groups;
    ocg_ = c_.out_channels / c_.groups;
    bring<int64_t>(&icg_, 1, kMostChannels);
    bring<int64_t>(&ocg_, 1, kMostChannels);
    for (int a = 0; a < DECONV_MAX_RANK; ++a) {
      bring<int64_t>(&c_.kernel[a], 1, a < c_.rank ? kMostKernel : 1);
      bring<int64_t>(&c_.stride[a], 1, a < c_.rank ? kMostStride : 1);
      bring<int64_t>(&c_.dilation[a], 1, a < c_.rank ? kMostDilation : 1);
      bring<int64_t>(&c_.in[a], 1, a < c_.rank ? kMostIn : 1);
      bring<int64_t>(&c_.expected_in[a], 0, INT64_MAX);
    }
    bring<int64_t>(&c_.expected_batch, 0, INT64_MAX);
    bring<int32_t>(&c_.expected_threads, 0, INT32_MAX);
  }

  int64_t full_extent(int a) const { return (c_.in[a] - 1) * c_.stride[a] + c_.dilation[a] * (c_.kernel[a] - 1) + 1; }

  bool too_large() {
    c_.in_channels = c_.groups * icg_;
    c_.out_channels = c_.groups * ocg_;
    // With output paddings as large as may be. At most 600^2 * 12 * 3 * (20 * 40)^3 and 600 * 12 * 3 * 650^3: far below 2^63.
    int64_t in = 1, taps = 1, out = 1;
    for (int a = 0; a < c_.rank; ++a) {
      in *= c_.in[a];
      taps *= c_.kernel[a];
      out *= full_extent(a) + std::max(c_.stride[a], c_.dilation[a]) - 1;
    }
    return c_.batch * in * taps * icg_ * c_.out_channels > limits_.products || c_.batch * c_.out_channels * out > limits_.elements ||
           c_.batch * c_.in_channels * in > limits_.elements || c_.in_channels * ocg_ * taps > limits_.weights;
  }

  // Of all numbers whose product a tensor is.
  void halve_largest() {
    int64_t* largest = &icg_;
    for (int64_t* number : {&ocg_, &c_.groups, &c_.batch}) {
      if (*number > *largest) largest = number;
    }
    for (int a = 0; a < c_.rank; ++a) {
      for (auto* axes : {&c_.in, &c_.kernel, &c_.stride, &c_.dilation}) {
        if ((*axes)[a] > *largest) largest = &(*axes)[a];
      }
    }
    *largest = (*largest + 1) / 2;
  }

  // Any pads that leave an output.
  void pads(int a) {
    bring<int64_t>(&c_.output_padding[a], 0, std::max(c_.stride[a], c_.dilation[a]));
    const int64_t full = full_extent(a) + c_.output_padding[a];
    bring<int64_t>(&c_.pad_begin[a], 0, full);
    bring<int64_t>(&c_.pad_end[a], 0, full - c_.pad_begin[a]);
  }

  // The axis gets the stride, dilation and pads of before, as far as positions may go, and keeps its number of outputs.
  void stretch(int a) {
    constexpr int64_t kMostOffset = int64_t{1} << 55;
    const int64_t out = full_extent(a) + c_.output_padding[a] - c_.pad_begin[a] - c_.pad_end[a];
    int64_t src_step = c_.in_channels, dst_step = c_.out_channels;
    for (int inner = a + 1; inner < c_.rank; ++inner) {
      src_step *= c_.in[inner];
      dst_step *= full_extent(inner) + c_.output_padding[inner] - c_.pad_begin[inner] - c_.pad_end[inner];
    }
    const int64_t most = kMostOffset / std::max(src_step, dst_step) / (c_.in[a] + c_.kernel[a] + 2);
    c_.stride[a] = wild_.stride[a];
    c_.dilation[a] = wild_.dilation[a];
    c_.output_padding[a] = wild_.output_padding[a];
    bring<int64_t>(&c_.stride[a], 1, most);
    bring<int64_t>(&c_.dilation[a], 1, most);
    bring<int64_t>(&c_.output_padding[a], 0, std::max(c_.stride[a], c_.dilation[a]));
    const int64_t removed = std::max<int64_t>(0, full_extent(a) + c_.output_padding[a] - out);
    c_.pad_begin[a] = wild_.pad_begin[a];
    bring<int64_t>(&c_.pad_begin[a], 0, removed + 1);
    c_.pad_end[a] = removed - c_.pad_begin[a];
  }

  Call c_;
  const Call wild_;
  const Limits limits_;
  int64_t icg_ = 1, ocg_ = 1;
};

}  // namespace

Call tamed(const Call& call, const Limits& limits) { return Tamer(call, limits).call(); }

}  // namespace deconv_fuzz
