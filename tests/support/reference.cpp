// SPDX-License-Identifier: Apache-2.0
#include "support/reference.h"

#include <cmath>

#include "support/positions.h"

namespace deconv_test {
namespace {

struct Sizes {
  int64_t in, out, taps, icg, ocg;
  Sizes(const Problem& p, const Geometry& g)
      : in(g.in_spatial()), out(g.out_spatial()), taps(g.taps()), icg(p.in_channels / p.groups), ocg(p.out_channels / p.groups) {}
};

// weights[ic][oc][tap] -> [ic][tap][oc]: the innermost loop below runs over oc.
std::vector<double> by_tap(const std::vector<float>& weights, int64_t rows, const Sizes& s) {
  std::vector<double> result(weights.size());
  for (int64_t ic = 0; ic < rows; ++ic) {
    for (int64_t oc = 0; oc < s.ocg; ++oc) {
      for (int64_t tap = 0; tap < s.taps; ++tap)
        result[(ic * s.taps + tap) * s.ocg + oc] = static_cast<double>(weights[(ic * s.ocg + oc) * s.taps + tap]);
    }
  }
  return result;
}

// One group of one batch element: sums[position][oc] += over inputs and taps.
void scatter(const Geometry& g, const Sizes& s, const float* src, const double* weights, bool absolute, double* sums) {
  for_each_product(g, [&](int64_t i, int64_t tap, int64_t o) {
    double* const out = sums + o * s.ocg;
    for (int64_t ic = 0; ic < s.icg; ++ic) {
      const double x = absolute ? std::fabs(src[ic * s.in + i]) : src[ic * s.in + i];
      const double* const w = weights + (ic * s.taps + tap) * s.ocg;
      for (int64_t oc = 0; oc < s.ocg; ++oc) out[oc] += x * w[oc];
    }
  });
}

std::vector<double> scatter_all(const Problem& p, const Tensors& t, bool absolute) {
  const Geometry g = geometry(p);
  const Sizes s(p, g);
  std::vector<double> weights = by_tap(t.weights, p.in_channels, s);
  if (absolute)
    for (double& w : weights) w = std::fabs(w);
  std::vector<double> result(p.batch * p.out_channels * s.out);
  std::vector<double> sums(s.out * s.ocg);
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t group = 0; group < p.groups; ++group) {
      sums.assign(sums.size(), 0.0);
      const float* const src = t.src.data() + (n * p.in_channels + group * s.icg) * s.in;
      scatter(g, s, src, weights.data() + group * s.icg * s.taps * s.ocg, absolute, sums.data());
      double* const dst = result.data() + (n * p.out_channels + group * s.ocg) * s.out;
      for (int64_t o = 0; o < s.out; ++o)
        for (int64_t oc = 0; oc < s.ocg; ++oc) dst[oc * s.out + o] = sums[o * s.ocg + oc];
    }
  }
  return result;
}

}  // namespace

Reference scatter_reference(const Problem& p, const Tensors& t, bool with_magnitude) {
  const Geometry g = geometry(p);
  const Sizes s(p, g);
  Reference r;
  r.terms.assign(s.out, 0);
  for_each_product(g, [&](int64_t, int64_t, int64_t o) { r.terms[o] += s.icg; });
  r.products = count_products(p);
  r.argument = before_activation(p, t, scatter_all(p, t, false));
  r.value = r.argument;
  const int64_t channels = p.batch * p.out_channels;
  for (int64_t c = 0; c < channels; ++c) {
    const double slope = t.prelu_slopes.empty() ? 0.0 : t.prelu_slopes[c % p.out_channels];
    for (int64_t o = 0; o < s.out; ++o) r.value[c * s.out + o] = activate(p, r.argument[c * s.out + o], slope);
  }
  if (with_magnitude) {
    Tensors absolute = t;
    for (auto* values : {&absolute.bias, &absolute.scale, &absolute.residual})
      for (float& value : *values) value = std::fabs(value);
    r.magnitude = before_activation(p, absolute, scatter_all(p, t, true));
  }
  return r;
}

int64_t count_products(const Problem& p) {
  int64_t positions = 0;
  for_each_product(geometry(p), [&](int64_t, int64_t, int64_t) { ++positions; });
  return positions * p.batch * p.in_channels * (p.out_channels / p.groups);
}

std::vector<double> before_activation(const Problem& p, const Tensors& t, const std::vector<double>& sums) {
  const int64_t out = geometry(p).out_spatial();
  std::vector<double> result = sums;
  for (int64_t c = 0; c < p.batch * p.out_channels; ++c) {
    const double scale = p.scale ? t.scale[c % p.out_channels] : 1.0, bias = p.bias ? t.bias[c % p.out_channels] : 0.0;
    for (int64_t i = c * out; i < (c + 1) * out; ++i) {
      if (p.scale) result[i] *= scale;
      if (p.bias) result[i] += bias;
      if (p.residual) result[i] += t.residual[i];
    }
  }
  return result;
}

std::vector<double> adjoint(const Problem& p, const std::vector<float>& weights, const std::vector<double>& y) {
  const Geometry g = geometry(p);
  const Sizes s(p, g);
  std::vector<double> x(p.batch * p.in_channels * s.in);
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t ic = 0; ic < p.in_channels; ++ic) {
      for (int64_t oc = 0; oc < s.ocg; ++oc) {
        const double* const from = y.data() + (n * p.out_channels + ic / s.icg * s.ocg + oc) * s.out;
        double* const to = x.data() + (n * p.in_channels + ic) * s.in;
        const float* const w = weights.data() + (ic * s.ocg + oc) * s.taps;
        for_each_product(g, [&](int64_t i, int64_t tap, int64_t o) { to[i] += from[o] * w[tap]; });
      }
    }
  }
  return x;
}

}  // namespace deconv_test
