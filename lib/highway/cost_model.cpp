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

// Lanes are full. Packing src and finishing dst cost a few cycles for each vector; positions at the end of a row are lost.
double pixel_gemm_cost(const Parameters& p, int lanes) {
  const double inputs = static_cast<double>(p.in_channels_per_group()), outputs = static_cast<double>(p.out_channels_per_group());
  const double packing = p.src_layout == DECONV_CHANNELS_FIRST ? 3 : 6, finishing = p.dst_layout == DECONV_CHANNELS_FIRST ? 4 : 6;
  return (product(p.kernel) * inputs * outputs + packing * inputs + finishing * product(p.stride) * outputs) / lanes;
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
