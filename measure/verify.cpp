// SPDX-License-Identifier: Apache-2.0
#include "verify.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "problem_layer.h"
#include "random.h"
#include "support/reference.h"
#include "support/tolerance.h"

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

// Of one output, before the epilogue.
struct Sum {
  double value = 0, magnitude = 0;
  double weights = 0;  // sum of |w| over the phase's taps, also those that reach nothing
  int64_t terms = 0;
};

class Sample {
 public:
  Sample(const Layer& layer, Layouts layouts, const Tolerance& promised, const Tensors& tensors)
      : layer_(layer),
        layouts_(layouts),
        promised_(promised),
        tensors_(tensors),
        problem_(to_problem(layer, layouts, 1)),
        geometry_(layer),
        group_in_(layer.in_channels / layer.groups),
        group_out_(layer.out_channels / layer.groups) {
    for (int64_t i = 0; i < layer.src_count(); ++i) largest_ = std::max(largest_, std::fabs(static_cast<double>(tensors.src[i])));
  }

  const Geometry& geometry() const { return geometry_; }
  const Verification& result() const { return result_; }

  // False: it is wrong, and result() says so.
  bool check(const Position& p) {
    const deconv_test::Element element = expected(p);
    const double got = tensors_.dst[tensor_index(layouts_.dst, layer_.out_channels, geometry_.out, p)];
    const double error = std::fabs(got - element.value), bound = deconv_test::error_bound(problem_, element);
    result_.max_value = std::max(result_.max_value, std::fabs(element.value));
    if (error > result_.max_error) {
      result_.max_error = error;
      result_.max_error_bound = bound;
    }
    if (bound > 0) result_.error_of_bound = std::max(result_.error_of_bound, error / bound);
    if (error <= bound) return true;
    char text[240];
    std::snprintf(text, sizeof(text), "wrong: dst[n %lld, channel %lld, %lld, %lld, %lld] = %.9g, should be %.9g within %.2g",
                  (long long)p.n, (long long)p.channel, (long long)p.at[0], (long long)p.at[1], (long long)p.at[2], got, element.value,
                  bound);
    result_.error = text;
    return false;
  }

 private:
  // Of a weight from channel `ic` (over all groups) to channel `oc` of its group.
  double weight(int64_t ic, int64_t oc, int64_t tap) const {
    const int64_t taps = layer_.taps(), i = ic % group_in_, o = ic / group_in_ * group_out_ + oc;
    if (layer_.weights_form == DECONV_FORM_CORRELATION) tap = taps - 1 - tap;  // every axis rotated
    switch (layer_.weights_layout) {
      case DECONV_WEIGHTS_OI:
        return tensors_.weights[(o * group_in_ + i) * taps + tap];
      case DECONV_WEIGHTS_SPATIAL_OI:
        return tensors_.weights[(tap * layer_.out_channels + o) * group_in_ + i];
      case DECONV_WEIGHTS_O_SPATIAL_I:
        return tensors_.weights[(o * taps + tap) * group_in_ + i];
      default:
        return tensors_.weights[(ic * group_out_ + oc) * taps + tap];
    }
  }

  // The terms of one tap: all input channels of the output's group.
  void add_tap(const Position& p, int64_t tap, const Axes& from, Sum& sum) const {
    const int64_t first = p.channel / group_out_ * group_in_;
    for (int64_t c = first; c < first + group_in_; ++c) {
      const double x = tensors_.src[tensor_index(layouts_.src, layer_.in_channels, geometry_.in, {p.n, c, from})];
      const double term = x * weight(c, p.channel % group_out_, tap);
      sum.value += term;
      sum.magnitude += std::fabs(term);
      ++sum.terms;
    }
  }

  void add_weights(const Position& p, int64_t tap, Sum& sum) const {
    const int64_t first = p.channel / group_out_ * group_in_;
    for (int64_t c = first; c < first + group_in_; ++c) sum.weights += std::fabs(weight(c, p.channel % group_out_, tap));
  }

  Sum sum_of(const Position& p) const {
    const Geometry& g = geometry_;
    Sum sum;
    int64_t tap = 0;
    Axes from;
    for (int64_t td = 0; td < g.kernel[0]; ++td) {
      from[0] = g.source(0, p.at[0], td);
      for (int64_t th = 0; th < g.kernel[1]; ++th) {
        from[1] = g.source(1, p.at[1], th);
        for (int64_t tw = 0; tw < g.kernel[2]; ++tw, ++tap) {
          from[2] = g.source(2, p.at[2], tw);
          if (from[0] >= 0 && from[1] >= 0 && from[2] >= 0) add_tap(p, tap, from, sum);
          if (g.in_phase(0, p.at[0], td) && g.in_phase(1, p.at[1], th) && g.in_phase(2, p.at[2], tw)) add_weights(p, tap, sum);
        }
      }
    }
    return sum;
  }

  // Value and what its bound is made of. A fast algorithm's n counts from the group's channels; error_bound adds 4 to the terms.
  deconv_test::Element expected(const Position& p) const {
    const auto vector = [&](const float* values, double absent) {
      return values == nullptr ? absent : static_cast<double>(values[p.channel]);
    };
    const double scale = vector(tensors_.scale, 1), bias = vector(tensors_.bias, 0), slope = vector(tensors_.prelu_slopes, 0);
    const double residual =
        tensors_.residual == nullptr ? 0 : tensors_.residual[tensor_index(layouts_.dst, layer_.out_channels, geometry_.out, p)];
    const Sum sum = sum_of(p);
    const double argument = scale * sum.value + bias + residual;
    const double products = promised_.fast ? promised_.factor * largest_ * sum.weights : sum.magnitude;
    const int64_t terms = promised_.fast ? group_in_ + promised_.roundings - 4 : sum.terms;
    return {deconv_test::activate(problem_, argument, slope), argument, std::fabs(scale) * products + std::fabs(bias) + std::fabs(residual),
            terms, slope};
  }

  const Layer& layer_;
  const Layouts layouts_;
  const Tolerance& promised_;
  const Tensors& tensors_;
  const deconv_test::Problem problem_;
  const Geometry geometry_;
  const int64_t group_in_, group_out_;
  double largest_ = 0;  // |x| of all of src
  Verification result_;
};

}  // namespace

Verification verify_sample(const Layer& layer, Layouts layouts, const Tolerance& promised, const Tensors& tensors) {
  for (int64_t i = 0; i < layer.dst_count(); ++i) {
    if (!std::isnan(tensors.dst[i])) continue;
    Verification unwritten;
    unwritten.error = "wrong: dst[" + std::to_string(i) + "] (counted in memory) was not written";
    return unwritten;
  }
  Sample sample(layer, layouts, promised, tensors);
  const Axes& out = sample.geometry().out;
  const auto last = [](bool high, int64_t extent) { return high ? extent - 1 : 0; };
  for (int corner = 0; corner < 32; ++corner) {
    const Position p{last(corner & 1, layer.batch),
                     last(corner & 2, layer.out_channels),
                     {last(corner & 4, out[0]), last(corner & 8, out[1]), last(corner & 16, out[2])}};
    if (!sample.check(p)) return sample.result();
  }
  Random random(1);
  for (int i = 0; i < 224; ++i) {
    const Position p{
        random.below(layer.batch), random.below(layer.out_channels), {random.below(out[0]), random.below(out[1]), random.below(out[2])}};
    if (!sample.check(p)) return sample.result();
  }
  return sample.result();
}

}  // namespace deconv::bench
