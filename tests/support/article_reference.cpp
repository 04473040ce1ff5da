// SPDX-License-Identifier: Apache-2.0
#include "support/reference.h"

namespace deconv_test {
namespace {

// The dilated input ("bed of nails") with D*(K-1) zeros on both sides: `zero_inserted` extents per axis.
Axes zero_inserted_extents(const Geometry& g) {
  Axes extents;
  for (int axis = 0; axis < DECONV_MAX_RANK; ++axis)
    extents[axis] = (g.in[axis] - 1) * g.stride[axis] + 1 + 2 * g.dilation[axis] * (g.kernel[axis] - 1);
  return extents;
}

std::vector<double> zero_insert(const Geometry& g, const Axes& extents, const float* src) {
  std::vector<double> image(extents[0] * extents[1] * extents[2], 0.0);
  const auto place = [&](int axis, int64_t i) { return g.dilation[axis] * (g.kernel[axis] - 1) + i * g.stride[axis]; };
  for (int64_t d = 0; d < g.in[0]; ++d) {
    for (int64_t h = 0; h < g.in[1]; ++h) {
      for (int64_t w = 0; w < g.in[2]; ++w)
        image[(place(0, d) * extents[1] + place(1, h)) * extents[2] + place(2, w)] = src[(d * g.in[1] + h) * g.in[2] + w];
    }
  }
  return image;
}

// What the rotated, dilated kernel sees at output o (pads already added); positions past the image are zeros.
double correlate_at(const Geometry& g, const Axes& extents, const std::vector<double>& image, const float* weights, const Axes& o) {
  double sum = 0;
  for (int64_t kd = 0; kd < g.kernel[0]; ++kd) {
    for (int64_t kh = 0; kh < g.kernel[1]; ++kh) {
      for (int64_t kw = 0; kw < g.kernel[2]; ++kw) {
        const Axes at{o[0] + kd * g.dilation[0], o[1] + kh * g.dilation[1], o[2] + kw * g.dilation[2]};
        if (at[0] >= extents[0] || at[1] >= extents[1] || at[2] >= extents[2]) continue;
        const Axes rotated{g.kernel[0] - 1 - kd, g.kernel[1] - 1 - kh, g.kernel[2] - 1 - kw};
        sum += image[(at[0] * extents[1] + at[1]) * extents[2] + at[2]] *
               weights[(rotated[0] * g.kernel[1] + rotated[1]) * g.kernel[2] + rotated[2]];
      }
    }
  }
  return sum;
}

void correlate_and_crop(const Geometry& g, const Axes& extents, const std::vector<double>& image, const float* weights, double* dst) {
  for (int64_t d = 0; d < g.out[0]; ++d) {
    for (int64_t h = 0; h < g.out[1]; ++h) {
      for (int64_t w = 0; w < g.out[2]; ++w) {
        const Axes o{d + g.pad_begin[0], h + g.pad_begin[1], w + g.pad_begin[2]};
        dst[(d * g.out[1] + h) * g.out[2] + w] += correlate_at(g, extents, image, weights, o);
      }
    }
  }
}

}  // namespace

std::vector<double> article_reference(const Problem& p, const Tensors& t) {
  const Geometry g = geometry(p);
  const Axes extents = zero_inserted_extents(g);
  const int64_t icg = p.in_channels / p.groups, ocg = p.out_channels / p.groups;
  std::vector<double> sums(p.batch * p.out_channels * g.out_spatial(), 0.0);
  for (int64_t n = 0; n < p.batch; ++n) {
    for (int64_t ic = 0; ic < p.in_channels; ++ic) {
      const auto image = zero_insert(g, extents, t.src.data() + (n * p.in_channels + ic) * g.in_spatial());
      for (int64_t oc = 0; oc < ocg; ++oc) {
        double* const dst = sums.data() + (n * p.out_channels + ic / icg * ocg + oc) * g.out_spatial();
        correlate_and_crop(g, extents, image, t.weights.data() + (ic * ocg + oc) * g.taps(), dst);
      }
    }
  }
  std::vector<double> result = before_activation(p, t, sums);
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t c = static_cast<int64_t>(i) / g.out_spatial() % p.out_channels;
    result[i] = activate(p, result[i], t.prelu_slopes.empty() ? 0.0 : t.prelu_slopes[c]);
  }
  return result;
}

}  // namespace deconv_test
