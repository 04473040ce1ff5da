// SPDX-License-Identifier: Apache-2.0
#include "support/fast_accuracy.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "support/reference.h"

namespace deconv_test {
namespace {

// What docs/accuracy.md promises of an axis by its points, m + r - 1. tests/toom_cook/transforms_test.cpp holds them against the library's
// matrices.
constexpr int64_t kMostPoints = 6, kMostTaps = 5;
constexpr double kFactors[kMostPoints + 1] = {0, 0, 0, 3, 4, 7.705, 12.583};

// Numbers of a phase's outputs on one axis, by output: j and the phase.
struct Numbered {
  int64_t j, phase;
};
Numbered numbered(const Geometry& g, int a, int64_t o) {
  const int64_t position = o + g.pad_begin[a];
  return {position / g.stride[a], position % g.stride[a]};
}

// Largest |x| of every window on one axis: [outer][in][inner] becomes [outer][numbers][inner].
std::vector<double> window_maxima(const std::vector<double>& x, int64_t outer, int64_t in, int64_t inner, int64_t numbers, int64_t before,
                                  int64_t after) {
  std::vector<double> maxima(static_cast<size_t>(outer * numbers * inner), 0.0);
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t j = 0; j < numbers; ++j) {
      double* to = maxima.data() + (o * numbers + j) * inner;
      for (int64_t i = std::max<int64_t>(0, j - before); i <= std::min(in - 1, j + after); ++i) {
        const double* from = x.data() + (o * in + i) * inner;
        for (int64_t k = 0; k < inner; ++k) to[k] = std::max(to[k], from[k]);
      }
    }
  }
  return maxima;
}

// One channel's maxima over the windows of all numbers of all axes.
std::vector<double> channel_maxima(const Geometry& g, const FastAlgorithm& f, const float* src, const Axes& numbers) {
  std::vector<double> x(static_cast<size_t>(g.in_spatial()));
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::fabs(static_cast<double>(src[i]));
  Axes extent = g.in;
  for (int a = 2; a >= 0; --a) {
    int64_t outer = 1, inner = 1;
    for (int b = 0; b < a; ++b) outer *= extent[b];
    for (int b = a + 1; b < 3; ++b) inner *= extent[b];
    const int64_t spread = (f.axes[a].outputs - 1) * g.dilation[a], reach = (f.axes[a].taps - 1) * g.dilation[a];
    x = window_maxima(x, outer, extent[a], inner, numbers[a], reach + spread, spread);
    extent[a] = numbers[a];
  }
  return x;
}

// The sum of |w| over the taps of each phase, [phase]: tap t belongs to the phase (t * D) mod S.
std::vector<double> phase_sums(const Geometry& g, const float* weights) {
  std::vector<double> sums(static_cast<size_t>(g.stride[0] * g.stride[1] * g.stride[2]), 0.0);
  const auto phase = [&](int a, int64_t tap) { return tap * g.dilation[a] % g.stride[a]; };
  for (int64_t d = 0; d < g.kernel[0]; ++d) {
    for (int64_t h = 0; h < g.kernel[1]; ++h) {
      for (int64_t w = 0; w < g.kernel[2]; ++w) {
        sums[(phase(0, d) * g.stride[1] + phase(1, h)) * g.stride[2] + phase(2, w)] +=
            std::fabs(static_cast<double>(weights[(d * g.kernel[1] + h) * g.kernel[2] + w]));
      }
    }
  }
  return sums;
}

// Adds one input channel's part to the outputs of one output channel.
void add_channel(const Geometry& g, const std::vector<double>& maxima, const Axes& numbers, const std::vector<double>& sums, double* out) {
  for (int64_t d = 0; d < g.out[0]; ++d) {
    const Numbered nd = numbered(g, 0, d);
    for (int64_t h = 0; h < g.out[1]; ++h) {
      const Numbered nh = numbered(g, 1, h);
      for (int64_t w = 0; w < g.out[2]; ++w) {
        const Numbered nw = numbered(g, 2, w);
        *out++ +=
            maxima[(nd.j * numbers[1] + nh.j) * numbers[2] + nw.j] * sums[(nd.phase * g.stride[1] + nh.phase) * g.stride[2] + nw.phase];
      }
    }
  }
}

}  // namespace

double documented_factor(int64_t outputs, int64_t taps) {
  if (outputs == 1 && taps == 1) return 1;
  const bool offered = outputs >= 2 && taps >= 2 && taps <= kMostTaps && outputs + taps - 1 <= kMostPoints;
  return offered ? kFactors[outputs + taps - 1] : 0;
}

double FastAlgorithm::factor() const {
  double product = 1;
  for (const FastAxis& axis : axes) product *= documented_factor(axis.outputs, axis.taps);
  return product;
}

int64_t FastAlgorithm::terms(int64_t channels) const {
  int64_t terms = channels + 1;  // transformed weights are rounded once
  for (const FastAxis& axis : axes) {
    if (axis.taps > 1) terms += 2 * (axis.outputs + axis.taps - 1);
  }
  return terms;
}

std::string FastAlgorithm::name() const {
  std::string text;
  for (const FastAxis& axis : axes) {
    if (fast) text += "F(" + std::to_string(axis.outputs) + "," + std::to_string(axis.taps) + ")";
  }
  return text;
}

FastAlgorithm fast_algorithm(const Problem& problem, const std::string& description) {
  FastAlgorithm algorithm;
  const std::string name = "toom_cook ";
  size_t at = description.find(name);
  if (at == std::string::npos) return algorithm;
  algorithm.fast = true;
  at += name.size();
  const Geometry g = geometry(problem);
  for (int a = 0; a < 3; ++a) {
    if (g.kernel[a] <= g.stride[a]) continue;
    long long outputs = 0, taps = 0;
    int length = 0;
    if (std::sscanf(description.c_str() + at, "F(%lld,%lld)%n", &outputs, &taps, &length) != 2 || documented_factor(outputs, taps) == 0)
      throw std::runtime_error("no documented transform of axis " + std::to_string(a) + " in \"" + description + "\"");
    algorithm.axes[a] = {outputs, taps};
    at += static_cast<size_t>(length) + 1;
  }
  return algorithm;
}

std::vector<double> fast_magnitude(const Problem& p, const Tensors& t, const FastAlgorithm& f) {
  const Geometry g = geometry(p);
  const int64_t icg = p.in_channels / p.groups, ocg = p.out_channels / p.groups;
  Axes numbers;
  for (int a = 0; a < 3; ++a) numbers[a] = numbered(g, a, g.out[a] - 1).j + 1;
  std::vector<double> sums(static_cast<size_t>(p.batch * p.out_channels * g.out_spatial()), 0.0);
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t ic = 0; ic < p.in_channels; ++ic) {
      const std::vector<double> maxima = channel_maxima(g, f, t.src.data() + (n * p.in_channels + ic) * g.in_spatial(), numbers);
      for (int64_t oc = 0; oc < ocg; ++oc) {
        const std::vector<double> weights = phase_sums(g, t.weights.data() + (ic * ocg + oc) * g.taps());
        add_channel(g, maxima, numbers, weights, sums.data() + (n * p.out_channels + ic / icg * ocg + oc) * g.out_spatial());
      }
    }
  }
  for (double& sum : sums) sum *= f.factor();
  Tensors absolute = t;
  for (auto* values : {&absolute.bias, &absolute.scale, &absolute.residual})
    for (float& value : *values) value = std::fabs(value);
  return before_activation(p, absolute, sums);
}

FastBound fast_bound(const Problem& problem, const Tensors& tensors, const FastAlgorithm& algorithm) {
  if (!algorithm.fast) return {};
  return {fast_magnitude(problem, tensors, algorithm), algorithm.terms(problem.in_channels / problem.groups)};
}

}  // namespace deconv_test
