// SPDX-License-Identifier: Apache-2.0
#include "verify.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "random.h"

namespace deconv::bench {
namespace {

using Axes = std::array<int64_t, 3>;

struct Position {
  int64_t n, channel;
  Axes at;
};

int64_t tensor_index(deconv_layout layout, int64_t channels, const Axes& extents, const Position& p) {
  const int64_t spatial = (p.at[0] * extents[1] + p.at[1]) * extents[2] + p.at[2];
  const int64_t size = extents[0] * extents[1] * extents[2];
  return layout == DECONV_CHANNELS_FIRST ? (p.n * channels + p.channel) * size + spatial : (p.n * size + spatial) * channels + p.channel;
}

// Ranks below 3 get leading axes of `absent`.
Axes widen(const int64_t* values, int rank, int64_t absent) {
  Axes all{absent, absent, absent};
  for (int a = 0; a < rank; ++a) all[3 - rank + a] = values[a];
  return all;
}

struct Geometry {
  explicit Geometry(const Layer& l)
      : in(widen(l.in, l.rank, 1)),
        out(widen(l.out, l.rank, 1)),
        kernel(widen(l.kernel, l.rank, 1)),
        stride(widen(l.stride, l.rank, 1)),
        dilation(widen(l.dilation, l.rank, 1)),
        pad(widen(l.padding.begin, l.rank, 0)) {}

  // Whether tap t belongs to the phase of output o.
  bool in_phase(int axis, int64_t o, int64_t t) const { return (o + pad[axis] - t * dilation[axis]) % stride[axis] == 0; }

  // Where tap t of output o reads src; -1 where it reads nothing.
  int64_t source(int axis, int64_t o, int64_t t) const {
    const int64_t distance = o + pad[axis] - t * dilation[axis];
    if (distance < 0 || distance % stride[axis] != 0) return -1;
    const int64_t i = distance / stride[axis];
    return i < in[axis] ? i : -1;
  }

  Axes in, out, kernel, stride, dilation, pad;
};

struct Expected {
  double value = 0, magnitude = 0;
  double weights = 0;  // sum of |w| over the phase's taps, also those that reach nothing
  int64_t terms = 0;

  void add(double term) {
    value += term;
    magnitude += std::fabs(term);
    ++terms;
  }
};

// The terms of one tap: all input channels of the output's group.
void add_tap(const Layer& layer, Layouts layouts, const Geometry& g, const Tensors& tensors, const Position& p, int64_t tap,
             const Axes& from, Expected& sum) {
  const int64_t group_in = layer.in_channels / layer.groups, group_out = layer.out_channels / layer.groups;
  const int64_t first = p.channel / group_out * group_in;
  for (int64_t c = first; c < first + group_in; ++c) {
    const double x = tensors.src[tensor_index(layouts.src, layer.in_channels, g.in, {p.n, c, from})];
    const double w = tensors.weights[(c * group_out + p.channel % group_out) * layer.taps() + tap];
    sum.add(x * w);
  }
}

void add_weights(const Layer& layer, const Tensors& tensors, const Position& p, int64_t tap, Expected& sum) {
  const int64_t group_in = layer.in_channels / layer.groups, group_out = layer.out_channels / layer.groups;
  const int64_t first = p.channel / group_out * group_in;
  for (int64_t c = first; c < first + group_in; ++c) {
    sum.weights += std::fabs(static_cast<double>(tensors.weights[(c * group_out + p.channel % group_out) * layer.taps() + tap]));
  }
}

Expected compute(const Layer& layer, Layouts layouts, const Geometry& g, const Tensors& tensors, const Position& p) {
  Expected sum;
  int64_t tap = 0;
  Axes from;
  for (int64_t td = 0; td < g.kernel[0]; ++td) {
    from[0] = g.source(0, p.at[0], td);
    for (int64_t th = 0; th < g.kernel[1]; ++th) {
      from[1] = g.source(1, p.at[1], th);
      for (int64_t tw = 0; tw < g.kernel[2]; ++tw, ++tap) {
        from[2] = g.source(2, p.at[2], tw);
        if (from[0] >= 0 && from[1] >= 0 && from[2] >= 0) add_tap(layer, layouts, g, tensors, p, tap, from, sum);
        if (g.in_phase(0, p.at[0], td) && g.in_phase(1, p.at[1], th) && g.in_phase(2, p.at[2], tw)) {
          add_weights(layer, tensors, p, tap, sum);
        }
      }
    }
  }
  if (tensors.bias != nullptr) sum.add(tensors.bias[p.channel]);
  return sum;
}

// `largest`: |x| of all of src.
double tolerance_of(const Layer& layer, const Tolerance& promised, const Expected& e, double largest, double bias) {
  if (!promised.fast) return gamma_n(e.terms) * e.magnitude;
  const int64_t n = layer.in_channels / layer.groups + promised.roundings;
  return gamma_n(n) * (promised.factor * largest * e.weights + std::fabs(bias));
}

std::string check(const Layer& layer, Layouts layouts, const Geometry& g, const Tolerance& promised, double largest,
                  const Tensors& tensors, const Position& p) {
  const Expected expected = compute(layer, layouts, g, tensors, p);
  const double got = tensors.dst[tensor_index(layouts.dst, layer.out_channels, g.out, p)];
  const double bias = tensors.bias == nullptr ? 0 : static_cast<double>(tensors.bias[p.channel]);
  const double tolerance = tolerance_of(layer, promised, expected, largest, bias);
  if (std::fabs(got - expected.value) <= tolerance) return {};
  char text[240];
  std::snprintf(text, sizeof(text), "wrong: dst[n %lld, channel %lld, %lld, %lld, %lld] = %.9g, should be %.9g within %.2g", (long long)p.n,
                (long long)p.channel, (long long)p.at[0], (long long)p.at[1], (long long)p.at[2], got, expected.value, tolerance);
  return text;
}

}  // namespace

std::string verify_sample(const Layer& layer, Layouts layouts, const Tolerance& promised, const Tensors& tensors) {
  for (int64_t i = 0; i < layer.dst_count(); ++i) {
    if (std::isnan(tensors.dst[i])) return "wrong: dst[" + std::to_string(i) + "] (counted in memory) was not written";
  }
  const Geometry g(layer);
  double largest = 0;
  for (int64_t i = 0; i < layer.src_count(); ++i) largest = std::max(largest, std::fabs(static_cast<double>(tensors.src[i])));
  const auto last = [](bool high, int64_t extent) { return high ? extent - 1 : 0; };
  for (int corner = 0; corner < 32; ++corner) {
    const Position p{last(corner & 1, layer.batch),
                     last(corner & 2, layer.out_channels),
                     {last(corner & 4, g.out[0]), last(corner & 8, g.out[1]), last(corner & 16, g.out[2])}};
    if (std::string error = check(layer, layouts, g, promised, largest, tensors, p); !error.empty()) return error;
  }
  Random random(1);
  for (int sample = 0; sample < 224; ++sample) {
    const Position p{random.below(layer.batch),
                     random.below(layer.out_channels),
                     {random.below(g.out[0]), random.below(g.out[1]), random.below(g.out[2])}};
    if (std::string error = check(layer, layouts, g, promised, largest, tensors, p); !error.empty()) return error;
  }
  return {};
}

}  // namespace deconv::bench
