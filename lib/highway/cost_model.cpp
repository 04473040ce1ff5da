// SPDX-License-Identifier: Apache-2.0
#include "highway/cost_model.h"

#include <algorithm>
#include <cmath>

#include "highway/phase_gemm/blocking.h"
#include "highway/pixel_gemm/schedule.h"

namespace deconv {
namespace {

// In double throughout: strides and dilations of an untrusted model may be anything, and a cost is only compared.
double vectors_of(double floats, int lanes) { return std::ceil(floats / lanes); }

double product(const Axes& axes) { return static_cast<double>(axes[0]) * static_cast<double>(axes[1]) * static_cast<double>(axes[2]); }

bool channels_last(deconv_layout layout) { return layout == DECONV_CHANNELS_LAST; }

// The part of an axis' S outputs for each input that exists: pads may cut most of a small map away (an expected extent of 0: all).
double kept_part(const Parameters& p, int a) {
  const double in = static_cast<double>(p.expected_in[a]), full = in * static_cast<double>(p.stride[a]);
  if (in == 0) return 1;
  const double reach = static_cast<double>(p.dilation[a]) * static_cast<double>(p.kernel[a] - 1);
  const double pads = static_cast<double>(p.padding.begin[a]) + static_cast<double>(p.padding.end[a]);
  const double out = full - static_cast<double>(p.stride[a]) + reach + 1 - pads + static_cast<double>(p.padding.output[a]);
  return std::clamp(out / full, 0.0, 1.0);
}

double kept_part(const Parameters& p) { return kept_part(p, 0) * kept_part(p, 1) * kept_part(p, 2); }

// The part of an axis' products that lands inside dst: all but those that pads cut away, tap by tap (an expected extent of 0: all). On a
// map of 4x4, k4 s2 p1, it is three quarters. Kernels of hundreds of taps meet inputs of thousands of pixels: their borders do not count.
double landing_part(const Parameters& p, int a) {
  constexpr int64_t kMostTaps = 64;
  const auto in = static_cast<double>(p.expected_in[a]), kernel = static_cast<double>(p.kernel[a]);
  if (in == 0 || p.kernel[a] > kMostTaps) return 1;
  double cut = 0;
  for (const int64_t pad : {p.padding.begin[a], p.padding.end[a] - p.padding.output[a]}) {
    for (int64_t tap = 0; tap < p.kernel[a]; ++tap) {
      const double below = static_cast<double>(pad) - static_cast<double>(tap) * static_cast<double>(p.dilation[a]);
      if (below <= 0) break;
      cut += std::min(in, std::ceil(below / static_cast<double>(p.stride[a])));
    }
  }
  return std::max(0.0, 1 - cut / (in * kernel));
}

double landing_part(const Parameters& p) { return landing_part(p, 0) * landing_part(p, 1) * landing_part(p, 2); }

}  // namespace

// Each tap multiplies all input channels into whole vectors of output channels, however few there are.
double phase_gemm_cost(const Parameters& p, int lanes) {
  const auto inputs = static_cast<double>(p.in_channels_per_group()), outputs = static_cast<double>(p.out_channels_per_group());
  const double vectors = vectors_of(outputs, lanes), phases = product(p.stride);
  double cost = phases * vectors * kTileOverhead;
  if (!channels_last(p.dst_layout) && p.out_channels > 1) {
    cost += phases * outputs * (p.stride[2] > kMostRowPhases ? kTurnShortRun : kTurnFloat);
  }
  cost *= kept_part(p);
  cost += product(p.kernel) * landing_part(p) * (inputs * vectors * kPhaseMultiplyAdd + kTapOverhead);
  return cost + (!channels_last(p.src_layout) && inputs > 1 ? inputs * kGatherFloat : 0);
}

// Full lanes in any layout; a load stands behind each multiply-add, and each output is stored once. Where dst wants the src channels
// repeated or in another order, they are copied one by one first.
double depthwise_cost(const Parameters& p, int lanes) {
  const auto outputs = static_cast<double>(p.out_channels_per_group());
  const bool copies = p.src_layout != p.dst_layout || (channels_last(p.dst_layout) && outputs > 1);
  return (kDepthwiseTap * product(p.kernel) + kDepthwiseOutput * product(p.stride)) * outputs / lanes + (copies ? outputs : 0);
}

namespace {

// Vectors of positions for each input pixel. Positions are a little more than inputs where kernels reach over borders, and many more on
// maps of a few pixels.
double position_vectors(const Parameters& p, int lanes) {
  double pixels = static_cast<double>(std::max<int64_t>(1, p.expected_batch)), cells = pixels;
  for (int a = 0; a < 3; ++a) {
    const auto in = static_cast<double>(p.expected_in[a]), stride = static_cast<double>(p.stride[a]);
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

// Whether channels-last outputs leave one float at a time: other groups' channels stand between, or those of other blocks.
bool scatters(const Parameters& p) {
  constexpr double kChannelsTogether = 4;
  if (!channels_last(p.dst_layout)) return false;
  const double phases = product(p.stride), rows = phases * static_cast<double>(p.out_channels_per_group());
  return p.groups > 1 || (rows > kBlockRows && static_cast<double>(kBlockRows) / phases < kChannelsTogether);
}

}  // namespace

// Lanes are full whatever the channels. A row of the product is a phase and an output channel; a single one waits for src. Weights that
// leave little of L2 to src and sums come from L3 for every box.
double pixel_gemm_cost(const Parameters& p, int lanes) {
  constexpr double kFewestRows = 1.35, kSmallWeights = 1 << 16, kWide = 0.032;
  const auto inputs = static_cast<double>(p.in_channels_per_group()), outputs = static_cast<double>(p.out_channels_per_group());
  const double rows = product(p.stride) * outputs, steps = product(p.kernel) / product(p.stride);
  const double wide = kPixelMultiplyAdd + kWide * std::max(0.0, std::log2(product(p.kernel) * inputs * outputs / kSmallWeights));
  const double pack = !channels_last(p.src_layout) ? kPackVector : p.groups == 1 ? kTurnVector : kScatterFloat * lanes;
  const double finish = scatters(p) ? kScatterFloat * lanes : kFinishVector;
  const double vectors = position_vectors(p, lanes);
  const double out_rows =
      p.expected_in[2] == 0 ? 0 : product(p.stride) / static_cast<double>(p.stride[2]) / static_cast<double>(p.expected_in[2]);
  return vectors * (inputs * steps * std::max(rows, kFewestRows) * wide + pack * inputs + finish * rows) +
         kRowOverhead * out_rows * (channels_last(p.dst_layout) ? 1 : outputs);
}

// Lanes are full, but each column is stored, loaded and added once more.
double overlap_add_cost(const Parameters& p, int lanes) {
  constexpr double kL2Columns = 1 << 14, kL2Weights = 1 << 18;
  const auto inputs = static_cast<double>(p.in_channels_per_group()), channels = static_cast<double>(p.out_channels_per_group());
  const double kernel = static_cast<double>(p.kernel[2]), columns = product(p.kernel) * channels;
  const double step = static_cast<double>(p.stride[2]) * channels, length = kernel * channels;
  const double terms = 1 + std::ceil(length / step);  // sums, and the columns that overlap there
  const double vectors = p.dilation[2] == 1 ? terms * vectors_of(std::min(step, length), lanes) : 2 * kernel * vectors_of(channels, lanes);
  const double column = columns > kL2Columns && columns * inputs > kL2Weights ? kColumnOverhead * kFarColumns : kColumnOverhead;
  // Outputs leave one pixel at a time where other groups' channels stand between them.
  const bool scattered = p.groups > 1 && channels_last(p.dst_layout);
  const double finish = product(p.stride) * (scattered ? vectors_of(channels, lanes) : channels / lanes);
  double sums = column * product(p.kernel) / kernel * vectors + kFinishSums * finish;
  if (!channels_last(p.dst_layout) && channels > 1) sums += product(p.stride) * channels * kSplitFloat;
  // Columns that pads cut away are multiplied all the same.
  const double cost = inputs * vectors_of(columns, lanes) * kColumnMultiplyAdd + sums * kept_part(p);
  return cost + (!channels_last(p.src_layout) && inputs > 1 ? inputs * kGatherBlockFloat : 0);
}

}  // namespace deconv
