// SPDX-License-Identifier: Apache-2.0
#include "highway/cost_model.h"

#include <algorithm>

namespace deconv {
namespace {

// Row pointers of a tap, found and loaded once for each pixel: 1->1 k4 s2 spends 22 ms on 518,400 pixels, nearly all of it here.
constexpr double kTapOverhead = 6;
// One vector of columns or sums in add_columns: load, mask, add, loop.
constexpr double kColumnOverhead = 8;

double ceil_div(int64_t a, int64_t b) { return static_cast<double>((a + b - 1) / b); }

}  // namespace

// Each tap multiplies all input channels into whole vectors of output channels, however few there are.
double phase_gemm_cost(const Parameters& p, int lanes) {
  const double vectors = ceil_div(p.out_channels_per_group(), lanes);
  return static_cast<double>(p.taps()) * (static_cast<double>(p.in_channels_per_group()) * vectors + kTapOverhead);
}

// One vector serves a vector's worth of groups, and so does a row pointer. Two loads stand behind each multiply-add.
double depthwise_cost(const Parameters& p, int lanes) {
  const double groups = static_cast<double>(std::min<int64_t>(p.groups, lanes));
  return static_cast<double>(p.taps()) * (2 + kTapOverhead) / groups;
}

// Lanes are full, but each column is stored, loaded and added once more.
double overlap_add_cost(const Parameters& p, int lanes) {
  const int64_t step = p.stride[2] * p.out_channels_per_group(), length = p.kernel[2] * p.out_channels_per_group();
  const double gemm = static_cast<double>(p.in_channels_per_group()) * ceil_div(p.taps() * p.out_channels_per_group(), lanes);
  const double terms = 1 + ceil_div(length, step);  // sums, and the columns that overlap there
  const double vectors = p.dilation[2] == 1 ? terms * ceil_div(std::min(step, length), lanes)
                                            : 2 * static_cast<double>(p.kernel[2]) * ceil_div(p.out_channels_per_group(), lanes);
  // Outputs leave one pixel at a time where other groups' channels stand between them.
  const bool scattered = p.groups > 1 && p.dst_layout == DECONV_CHANNELS_LAST;
  const double outputs = static_cast<double>(p.stride[0] * p.stride[1] * p.stride[2]);
  const double finish =
      outputs * (scattered ? ceil_div(p.out_channels_per_group(), lanes) : static_cast<double>(p.out_channels_per_group()) / lanes);
  return gemm + kColumnOverhead * (static_cast<double>(p.kernel[0] * p.kernel[1]) * vectors + finish);
}

}  // namespace deconv
