// SPDX-License-Identifier: Apache-2.0
#include "accuracy/sample.h"

#include <algorithm>
#include <cmath>

namespace deconv_test {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(hash64(seed)) {}
  int64_t below(int64_t bound) { return static_cast<int64_t>(next() % static_cast<uint64_t>(bound)); }
  // In (0, 1].
  double unit() { return (static_cast<double>(next() >> 11) + 1) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(unit())) * std::cos(2 * kPi * unit()); }

 private:
  static constexpr double kPi = 3.14159265358979323846;
  uint64_t next() { return state_ = hash64(state_); }
  uint64_t state_;
};

std::vector<float> normal_values(int64_t count, double size, Random* random) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(random->normal() * size);
  return values;
}

// 1 to 1 + 1/8 times 2^e, e of each input channel -4 to 4 (weights, too: their product spans 2^16).
std::vector<float> near_powers(int64_t channels, int64_t each, Random* random) {
  std::vector<float> values;
  values.reserve(static_cast<size_t>(channels * each));
  for (int64_t c = 0; c < channels; ++c) {
    const double size = std::ldexp(1.0, static_cast<int>(random->below(9)) - 4);
    for (int64_t i = 0; i < each; ++i) values.push_back(static_cast<float>(size * (1 + random->unit() / 8)));
  }
  return values;
}

void alternate(const Geometry& g, std::vector<float>* src) {
  for (size_t i = 0; i < src->size(); ++i) {
    const int64_t x = static_cast<int64_t>(i) % g.in_spatial();
    const int64_t sum = x % g.in[2] + x / g.in[2] % g.in[1] + x / g.in[2] / g.in[1];
    if (sum % 2 != 0) (*src)[i] = -(*src)[i];
  }
}

// One position of an axis: the inputs and taps that meet there, the taps of its phase, and the inputs near it.
struct AxisSample {
  std::vector<std::pair<int64_t, int64_t>> products;
  std::vector<int64_t> taps;
  int64_t begin, end;
};
AxisSample axis_sample(const Geometry& g, const FastAxis& f, int a, int64_t o) {
  AxisSample s;
  const int64_t position = o + g.pad_begin[a];
  for (int64_t t = 0; t < g.kernel[a]; ++t) {
    const int64_t rest = position - t * g.dilation[a];
    if (t * g.dilation[a] % g.stride[a] == position % g.stride[a]) s.taps.push_back(t);
    if (rest >= 0 && rest % g.stride[a] == 0 && rest / g.stride[a] < g.in[a]) s.products.emplace_back(rest / g.stride[a], t);
  }
  const int64_t j = position / g.stride[a], spread = (f.outputs - 1) * g.dilation[a], reach = (f.taps - 1) * g.dilation[a];
  s.begin = std::max<int64_t>(0, j - reach - spread);
  s.end = std::min(g.in[a], j + spread + 1);
  return s;
}

// f(input, tap) for all that meet; g(tap) for all taps of the phase; h(input) for all inputs near: flat numbers.
template <class F>
void each_product(const Geometry& g, const AxisSample (&axes)[3], const F& f) {
  for (const auto& d : axes[0].products) {
    for (const auto& h : axes[1].products) {
      for (const auto& w : axes[2].products)
        f((d.first * g.in[1] + h.first) * g.in[2] + w.first, (d.second * g.kernel[1] + h.second) * g.kernel[2] + w.second);
    }
  }
}
template <class F>
void each_tap(const Geometry& g, const AxisSample (&axes)[3], const F& f) {
  for (const int64_t d : axes[0].taps) {
    for (const int64_t h : axes[1].taps) {
      for (const int64_t w : axes[2].taps) f((d * g.kernel[1] + h) * g.kernel[2] + w);
    }
  }
}
template <class F>
void each_input(const Geometry& g, const AxisSample (&axes)[3], const F& f) {
  for (int64_t d = axes[0].begin; d < axes[0].end; ++d) {
    for (int64_t h = axes[1].begin; h < axes[1].end; ++h) {
      for (int64_t w = axes[2].begin; w < axes[2].end; ++w) f((d * g.in[1] + h) * g.in[2] + w);
    }
  }
}

// Outputs of one position, image and group.
class Position {
 public:
  Position(const Problem& p, const Tensors& t, const FastAlgorithm& f, const Axes& out, int64_t image, int64_t group)
      : problem_(p), tensors_(t), algorithm_(f), geometry_(geometry(p)), out_(out), image_(image), group_(group) {
    for (int a = 0; a < 3; ++a) axes_[a] = axis_sample(geometry_, f.axes[a], a, out[a]);
    const int64_t channels = p.in_channels / p.groups;
    for (int64_t ic = 0; ic < channels; ++ic) {
      double largest = 0;
      each_input(geometry_, axes_, [&](int64_t i) { largest = std::max(largest, std::fabs(static_cast<double>(src(ic)[i]))); });
      largest_.push_back(largest);
    }
  }

  SampledOutput output(int64_t oc) const {
    const int64_t per_group = problem_.out_channels / problem_.groups, channel = group_ * per_group + oc;
    double sum = 0, magnitude = 0;
    for (size_t i = 0; i < largest_.size(); ++i) {
      const auto ic = static_cast<int64_t>(i);
      const float* x = src(ic);
      const float* w =
          tensors_.weights.data() + ((group_ * static_cast<int64_t>(largest_.size()) + ic) * per_group + oc) * geometry_.taps();
      each_product(geometry_, axes_, [&](int64_t at, int64_t tap) { sum += static_cast<double>(x[at]) * static_cast<double>(w[tap]); });
      double weights = 0;
      each_tap(geometry_, axes_, [&](int64_t tap) { weights += std::fabs(static_cast<double>(w[tap])); });
      magnitude += largest_[i] * weights;
    }
    const double bias = tensors_.bias.empty() ? 0.0 : static_cast<double>(tensors_.bias[static_cast<size_t>(channel)]);
    const int64_t at = (out_[0] * geometry_.out[1] + out_[1]) * geometry_.out[2] + out_[2];
    return {(image_ * problem_.out_channels + channel) * geometry_.out_spatial() + at, sum + bias,
            algorithm_.factor() * magnitude + std::fabs(bias)};
  }

 private:
  const float* src(int64_t ic) const {
    return tensors_.src.data() +
           (image_ * problem_.in_channels + group_ * (problem_.in_channels / problem_.groups) + ic) * geometry_.in_spatial();
  }

  const Problem& problem_;
  const Tensors& tensors_;
  const FastAlgorithm& algorithm_;
  const Geometry geometry_;
  const Axes out_;
  const int64_t image_, group_;
  AxisSample axes_[3];
  std::vector<double> largest_;  // |x| near the position, of each input channel
};

}  // namespace

const char* kind_name(DataKind kind) { return kind == DataKind::kNormal ? "normal" : "adverse"; }

Tensors make_tensors(const Problem& p, DataKind kind) {
  const Geometry g = geometry(p);
  const int64_t channels = p.in_channels / p.groups, channels_out = p.out_channels / p.groups;
  Random random(static_cast<uint64_t>(p.in_channels * 31 + p.out_channels));
  Tensors t;
  if (kind == DataKind::kNormal) {
    t.src = normal_values(p.batch * p.in_channels * g.in_spatial(), 1.0, &random);
    t.weights = normal_values(p.in_channels * channels_out * g.taps(), 1 / std::sqrt(static_cast<double>(channels)), &random);
  } else {
    t.src = near_powers(p.batch * p.in_channels, g.in_spatial(), &random);
    alternate(g, &t.src);
    t.weights = near_powers(p.in_channels, channels_out * g.taps(), &random);
  }
  if (p.bias) t.bias = normal_values(p.out_channels, 0.1, &random);
  return t;
}

std::vector<SampledOutput> sample_outputs(const Problem& p, const Tensors& t, const FastAlgorithm& f, int positions, int channels) {
  const Geometry g = geometry(p);
  Random random(1);
  std::vector<SampledOutput> outputs;
  const int64_t per_group = p.out_channels / p.groups;
  for (int i = 0; i < positions; ++i) {
    Axes out;
    for (int a = 0; a < 3; ++a) out[a] = i < 8 ? (i >> a & 1) * (g.out[a] - 1) : random.below(g.out[a]);
    const Position position(p, t, f, out, random.below(p.batch), random.below(p.groups));
    for (int c = 0; c < std::min<int64_t>(channels, per_group); ++c) {
      outputs.push_back(position.output(per_group <= channels ? c : random.below(per_group)));
    }
  }
  return outputs;
}

}  // namespace deconv_test
