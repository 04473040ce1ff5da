// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/division.h"
#include "highway/cost_model.h"
#include "highway/toom_cook/blocking.h"

namespace deconv {
namespace {

constexpr int64_t kMostSpacing = 8;

// Of a layer. More are in no machine's memory, and sizes of transformed ones, which are a few hundred times as many, could overflow.
constexpr int64_t kMostWeights = int64_t{1} << 40;

// Rounding errors of random data grow with the axes' noise and with the square root of a chain's channels. So bounded, the worst layer of
// docs/accuracy.md stays below a 100000th of its outputs: F(4,3) on both axes of 128 channels, at 82, had 1.3e-5, F(5,2) and F(2,2) at 256
// channels, at 70, have 8.5e-6.
constexpr double kMostNoise = 75;

// Transformed weights may be this many times the plain ones. Beyond four times they must pay: 1 % of the cost for each time more.
constexpr double kMostGrowth = 20, kFreeGrowth = 4, kGrowthPrice = 0.01;

// Fitted to 67 forced runs, 37 layers in both layouts, to 9 per cent on average (one core of an Emerald Rapids server, AVX-512): a vector
// multiply-add; an entry of a transform's matrix and a vector that its lines read or write; the part of that which inputs cost, whose lines
// are near; a vector of outputs finished; a float of channels-first src gathered. Then products were made 9 % dearer and inputs three times
// as dear, so that layers where the prediction is a tie stay with the plain algorithm: 256->128 k3 s2 had been 4 % slower in default
// accuracy.
constexpr double kMultiplyAdd = 1.18;
constexpr double kMatrixEntry = 5;
constexpr double kLineVector = 5;
constexpr double kInputPart = 0.6;
constexpr double kFinishVector = 16;
constexpr double kGatherPixelFloat = 2;
// Patches that share a pass over the weights: with fewer than these, multiplications wait for them. More are wanted where the workspace
// sets the limit, because the plain algorithm's passes then serve more pixels than ours (512->256 k3 s2, F(4,2) x F(2,2), 15 patches: 0.81
// to 0.97 of phase_gemm's speed), than where the map is so small that both pass by once (2048->1024 k16 s8 on 32, 16 patches: 1.2).
constexpr double kFewPatches = 24, kFewPatchesOfAll = 16;
// Of a register tile: a pass over fewer takes as long.
constexpr double kTilePatches = 8;

std::string axis_name(int a) { return std::string(1, "dhw"[a]); }

Support check_axis(const Parameters& p, int a) {
  const int64_t kernel = p.kernel[a], stride = p.stride[a], dilation = kernel == 1 ? 1 : p.dilation[a];
  const auto no = [&](const std::string& why) { return Support::no("axis " + axis_name(a) + ": " + why); };
  if (kernel < stride) return no("kernel < stride leaves phases without taps");
  if (dilation > 1 && stride > 1) return no("dilation with a stride gives each phase inputs of its own, so none shares a transform");
  if (dilation > kMostSpacing) return no("a dilation above " + std::to_string(kMostSpacing));
  if (ceil_div(kernel, stride) > kMostTaps)
    return no("more than " + std::to_string(kMostTaps) + " taps of a phase have no accurate F(m, r)");
  return Support::yes();
}

// Vector multiply-adds of the transforms along all axes, innermost first: `from` entries of an axis become `to`.
double transform_cost(const int (&from)[3], const int (&to)[3]) {
  double cost = 0, lines = static_cast<double>(from[0]) * from[1];
  for (int a = 2; a >= 0; --a) {
    if (from[a] > 1) cost += lines * (kMatrixEntry * from[a] * to[a] + kLineVector * (from[a] + to[a]));
    lines *= static_cast<double>(to[a]) / (a > 0 ? from[a - 1] : 1);
  }
  return cost;
}

// Positions of whole patches for each of the layer's own: small maps do not fill theirs. 1 where extents are not known.
double waste(const Parameters& p, const ToomAxes& axes) {
  double waste = 1;
  for (int a = 0; a < 3; ++a) {
    const auto in = static_cast<double>(p.expected_in[a]), stride = static_cast<double>(p.stride[a]);
    if (in == 0) continue;
    const double reach = static_cast<double>(p.dilation[a]) * static_cast<double>(p.kernel[a] - 1);
    const double end = static_cast<double>(p.padding.end[a]) - static_cast<double>(p.padding.output[a]);
    const double positions =
        std::floor(((in - 1) * stride + reach - end) / stride) - std::floor(static_cast<double>(p.padding.begin[a]) / stride) + 1;
    const double patch = static_cast<double>(axes[a].outputs) * static_cast<double>(axes[a].spacing);
    waste *= std::ceil(std::max(1.0, positions) / patch) * patch / in;
  }
  return waste;
}

// How much longer multiplications take because few patches share a pass over the weights.
double weights_wait(const Parameters& p, const ToomAxes& axes) {
  const auto most = static_cast<double>(most_patches(axes, p.in_channels_per_group(), 48, p.dst_layout == DECONV_CHANNELS_FIRST));
  double all = static_cast<double>(std::max<int64_t>(1, p.expected_batch));
  for (int a = 0; a < 3; ++a) {
    all *= p.expected_in[a] == 0 ? most : std::ceil(static_cast<double>(p.expected_in[a]) / axes[a].outputs);
  }
  const double patches = std::min(most, all), few = all > most ? kFewPatches : kFewPatchesOfAll;
  return std::max(std::ceil(patches / kTilePatches) * kTilePatches, few) / patches;
}

double cost_of(const Parameters& p, const ToomAxes& axes, int lanes) {
  const auto inputs = static_cast<double>(p.in_channels_per_group()), channels = static_cast<double>(p.out_channels_per_group());
  const double input_vectors = std::ceil(inputs / lanes), vectors = std::ceil(channels / lanes);
  const auto products = static_cast<double>(axes.products()), outputs = static_cast<double>(axes.outputs());
  int window[3], planes[3], points[3], patch[3];
  double phases = 1;
  for (int a = 0; a < 3; ++a) {
    window[a] = axes[a].window;
    planes[a] = axes[a].planes;
    points[a] = axes[a].kinds[0].transform.points();
    patch[a] = axes[a].outputs;
    phases *= static_cast<double>(axes[a].stride);
  }
  double cost = products * vectors * inputs * kMultiplyAdd * weights_wait(p, axes);
  cost += input_vectors * transform_cost(window, planes) * kInputPart;
  cost += phases * vectors * (transform_cost(points, patch) + outputs * kFinishVector);
  if (p.src_layout == DECONV_CHANNELS_FIRST) {
    cost += static_cast<double>(axes.window()) / axes[2].window * axes[2].outputs * inputs * kGatherPixelFloat;
  }
  return cost / outputs * waste(p, axes);
}

// Whether an axis may have patches of m outputs.
bool has_transform(const Parameters& p, int a, int m) {
  const int64_t taps = ceil_div(p.kernel[a], p.stride[a]);
  return taps == 1 ? m == 1 : m > 1 && m + taps - 1 <= kMostPoints;
}

}  // namespace

Support check_toom_axes(const Parameters& p) {
  if (p.weights_count() > kMostWeights) return Support::no("weights of more than 2^40 elements");
  bool filters = false;
  for (int a = 0; a < 3; ++a) {
    const Support axis = check_axis(p, a);
    if (!axis.ok) return axis;
    filters = filters || p.kernel[a] > p.stride[a];
  }
  return filters ? Support::yes() : Support::no("no phase has two taps: kernel = stride saves no product");
}

ToomChoice choose_toom_outputs(const Parameters& p, int lanes) {
  ToomChoice best{{0, 0, 0}, false, std::numeric_limits<double>::infinity()};
  const double most = kMostNoise / std::sqrt(static_cast<double>(std::min(kSummedChannels, p.in_channels_per_group())));
  double lowest = std::numeric_limits<double>::infinity();
  int m[3];
  for (m[0] = 1; m[0] <= kMostOutputs; ++m[0]) {
    for (m[1] = 1; m[1] <= kMostOutputs; ++m[1]) {
      for (m[2] = 1; m[2] <= kMostOutputs; ++m[2]) {
        if (!has_transform(p, 0, m[0]) || !has_transform(p, 1, m[1]) || !has_transform(p, 2, m[2])) continue;
        const ToomAxes axes(p, m);
        const double growth = static_cast<double>(axes.products()) / static_cast<double>(p.taps());
        // Where no F(m, r) keeps to the limits, the most accurate one is what a caller who insists gets.
        const double noise = axes.noise();
        const bool accurate = noise <= most && growth <= kMostGrowth;
        const double cost = cost_of(p, axes, lanes) * (1 + kGrowthPrice * std::max(0.0, growth - kFreeGrowth));
        const bool better = accurate ? !best.accurate || cost < best.cost : !best.accurate && noise < lowest;
        if (!better) continue;
        best = {{m[0], m[1], m[2]}, accurate, cost};
        lowest = noise;
      }
    }
  }
  return best;
}

}  // namespace deconv
