// SPDX-License-Identifier: Apache-2.0
#include "highway/cost_model.h"

#include <algorithm>
#include <cmath>

namespace deconv {
namespace {

// In double throughout: strides and dilations of an untrusted model may be anything, and a cost is only compared.
double vectors_of(double floats, int lanes) { return std::ceil(floats / lanes); }

double product(const Axes& axes) { return static_cast<double>(axes[0]) * static_cast<double>(axes[1]) * static_cast<double>(axes[2]); }

}  // namespace

// Each tap multiplies all input channels into whole vectors of output channels, however few there are.
double phase_gemm_cost(const Parameters& p, int lanes) {
  const double vectors = vectors_of(static_cast<double>(p.out_channels_per_group()), lanes);
  return product(p.kernel) * (static_cast<double>(p.in_channels_per_group()) * vectors + kTapOverhead);
}

// Full lanes in any layout; a load stands behind each multiply-add, and each output is stored once. Where dst wants the src channels
// repeated or in another order, they are copied one by one first.
double depthwise_cost(const Parameters& p, int lanes) {
  const double outputs = static_cast<double>(p.out_channels_per_group());
  const bool copies = p.src_layout != p.dst_layout || (p.dst_layout == DECONV_CHANNELS_LAST && outputs > 1);
  return (2 * product(p.kernel) + 2 * product(p.stride)) * outputs / lanes + (copies ? outputs : 0);
}

namespace {

// Vectors of positions for each input pixel. Positions are a little more than inputs where kernels reach over borders, and many more on
// maps of a few pixels.
double position_vectors(const Parameters& p, int lanes) {
  double pixels = static_cast<double>(std::max<int64_t>(1, p.expected_batch)), cells = pixels;
  for (int a = 0; a < 3; ++a) {
    const double in = static_cast<double>(p.expected_in[a]), stride = static_cast<double>(p.stride[a]);
    const double reach = static_cast<double>(p.dilation[a]) * static_cast<double>(p.kernel[a] - 1);
    const double begin = static_cast<double>(p.padding.begin[a]), last = (in - 1) * stride + reach;
    const double end = static_cast<double>(p.padding.end[a]) - static_cast<double>(p.padding.output[a]);
    if (in == 0) return 1.0 / lanes;
    pixels *= in;
    // A zero stands between the last input of a row and the first of the next.
    cells *= std::max(1.0, std::floor((last - end) / stride) - std::floor(begin / stride) + 1) + (a == 2 && reach >= stride ? 1 : 0);
  }
  return vectors_of(cells, lanes) / pixels;
}

}  // namespace

// Lanes are full whatever the channels. A row of the product is a phase and an output channel; fewer than three wait for src. Weights that
// leave little of L2 to src and sums come from L3 for every box.
double pixel_gemm_cost(const Parameters& p, int lanes) {
  constexpr double kFewestRows = 2.4, kSmallWeights = 1 << 16, kWide = 0.07;
  const double inputs = static_cast<double>(p.in_channels_per_group()), outputs = static_cast<double>(p.out_channels_per_group());
  const double rows = product(p.stride) * outputs, steps = product(p.kernel) / product(p.stride);
  const double wide = 1 + kWide * std::max(0.0, std::log2(product(p.kernel) * inputs * outputs / kSmallWeights));
  const bool src_last = p.src_layout == DECONV_CHANNELS_LAST, dst_last = p.dst_layout == DECONV_CHANNELS_LAST;
  // One float at a time where other groups' channels stand between.
  const double pack = !src_last ? kPackVector : p.groups == 1 ? 2 * kPackVector : kScatterFloat * lanes;
  const double finish = !dst_last || p.groups == 1 ? kFinishVector : kScatterFloat * lanes;
  const double vectors = position_vectors(p, lanes);
  const double out_rows =
      p.expected_in[2] == 0 ? 0 : product(p.stride) / static_cast<double>(p.stride[2]) / static_cast<double>(p.expected_in[2]);
  return vectors * (inputs * steps * std::max(rows, kFewestRows) * wide + pack * inputs + finish * rows) +
         kRowOverhead * out_rows * (dst_last ? 1 : outputs);
}

// Lanes are full, but each column is stored, loaded and added once more.
double overlap_add_cost(const Parameters& p, int lanes) {
  const double channels = static_cast<double>(p.out_channels_per_group()), kernel = static_cast<double>(p.kernel[2]);
  const double step = static_cast<double>(p.stride[2]) * channels, length = kernel * channels;
  const double gemm = static_cast<double>(p.in_channels_per_group()) * vectors_of(product(p.kernel) * channels, lanes);
  const double terms = 1 + std::ceil(length / step);  // sums, and the columns that overlap there
  const double vectors = p.dilation[2] == 1 ? terms * vectors_of(std::min(step, length), lanes) : 2 * kernel * vectors_of(channels, lanes);
  // Outputs leave one pixel at a time where other groups' channels stand between them.
  const bool scattered = p.groups > 1 && p.dst_layout == DECONV_CHANNELS_LAST;
  const double finish = product(p.stride) * (scattered ? vectors_of(channels, lanes) : channels / lanes);
  return gemm + kColumnOverhead * (product(p.kernel) / kernel * vectors + finish);
}

}  // namespace deconv
