// SPDX-License-Identifier: Apache-2.0
#include "support/fill.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace deconv_test {
namespace {

// Largest magnitudes of the exact fill; scale is at most 2.
constexpr int64_t kSrcMax = 4, kWeightsMax = 3, kOffsetMax = 8;

uint64_t seed_of(const Problem& p) {
  uint64_t seed = 0;
  for (const int64_t value : {int64_t{p.rank}, p.batch, p.groups, p.in_channels, p.out_channels, p.in[0], p.kernel[0], p.stride[0]})
    seed = hash64(seed + static_cast<uint64_t>(value));
  return seed;
}

struct Source {
  uint64_t state;
  bool exact;

  // Next value: an integer in [-max, max], or a real in [-1, 1] times `size`.
  float next(int64_t max, double size) {
    state = hash64(state);
    if (exact) return static_cast<float>(static_cast<int64_t>(state >> 33) % (2 * max + 1) - max);
    return static_cast<float>((static_cast<double>(state >> 11) * 0x1p-52 - 1.0) * size);
  }
  std::vector<float> vector(int64_t count, int64_t max, double size = 1.0) {
    std::vector<float> values(count);
    for (float& value : values) value = next(max, size);
    return values;
  }
};

// Powers of two of both signs: multiplying by them is exact.
std::vector<float> exact_factors(int64_t count, uint64_t seed) {
  constexpr float kFactors[] = {0.5f, 1.0f, 2.0f, -1.0f, -0.5f};
  std::vector<float> values(count);
  for (int64_t i = 0; i < count; ++i) values[i] = kFactors[hash64(seed + i) % 5];
  return values;
}

// An output is reached by taps of one residue of t * D modulo S, which repeats every S / gcd(S, D) taps.
int64_t most_products_of_an_output(const Problem& p, const Geometry& g) {
  int64_t products = p.in_channels / p.groups;
  for (int a = 0; a < 3; ++a) products *= (g.kernel[a] - 1) / (g.stride[a] / std::gcd(g.stride[a], g.dilation[a])) + 1;
  return products;
}

void require_exact_sums(int64_t terms) {
  // One bit below 2^24, because a scale of 0.5 needs a half.
  if (2 * terms * kSrcMax * kWeightsMax + 2 * kOffsetMax >= (int64_t{1} << 23))
    throw std::invalid_argument("exact fill: " + std::to_string(terms) + " terms may reach 2^23");
}

void place_special(std::vector<float>& src, Fill fill, uint64_t seed) {
  if (fill == Fill::kImpulse || fill == Fill::kZeros) src.assign(src.size(), 0.0f);
  const size_t where = hash64(seed ^ 0x5eed) % src.size();
  if (fill == Fill::kImpulse) src[where] = 1.0f;
  if (fill == Fill::kNan) src[where] = std::numeric_limits<float>::quiet_NaN();
  if (fill == Fill::kInf) src[where] = std::numeric_limits<float>::infinity();
}

}  // namespace

uint64_t hash64(uint64_t value) {  // the finaliser of SplitMix64
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

Tensors fill_tensors(const Problem& p, Fill fill) {
  const Geometry g = geometry(p);
  const int64_t terms = p.in_channels / p.groups * g.taps();
  const bool exact = fill != Fill::kReal;
  if (exact) require_exact_sums(most_products_of_an_output(p, g));
  const uint64_t seed = seed_of(p);
  Source source{seed, exact};
  // Each output has about terms / (product of strides) products.
  const double strides = static_cast<double>(g.stride[0]) * static_cast<double>(g.stride[1]) * static_cast<double>(g.stride[2]);
  const double reach = std::max(1.0, static_cast<double>(terms) / strides);
  Tensors t;
  t.src = source.vector(p.batch * p.in_channels * g.in_spatial(), kSrcMax);
  t.weights = source.vector(p.in_channels * (p.out_channels / p.groups) * g.taps(), kWeightsMax, 3.0 / std::sqrt(reach));
  if (p.bias) t.bias = source.vector(p.out_channels, kOffsetMax);
  if (p.scale) t.scale = exact ? exact_factors(p.out_channels, seed + 1) : source.vector(p.out_channels, 1, 2.0);
  if (p.activation == DECONV_ACTIVATION_PRELU)
    t.prelu_slopes = exact ? exact_factors(p.out_channels, seed + 2) : source.vector(p.out_channels, 1);
  if (p.residual) t.residual = source.vector(p.batch * p.out_channels * g.out_spatial(), kOffsetMax);
  place_special(t.src, fill, seed);
  if (fill == Fill::kDenormal) {
    for (std::vector<float>* values : {&t.src, &t.bias, &t.residual}) {
      for (float& value : *values) value *= 0x1p-140f;  // integers below 2^23, and halves of them: multiples of 2^-149
    }
  }
  if (fill == Fill::kInfWeights) t.weights[hash64(seed ^ 0xfee1) % t.weights.size()] = std::numeric_limits<float>::infinity();
  return t;
}

Tensors golden_tensors(const Problem& p) {
  const Geometry g = geometry(p);
  Tensors t;
  t.src.resize(p.batch * p.in_channels * g.in_spatial());
  for (size_t i = 0; i < t.src.size(); ++i) t.src[i] = static_cast<float>(static_cast<int64_t>((i * 7 + 3) % 9) - 4);
  t.weights.resize(p.in_channels * (p.out_channels / p.groups) * g.taps());
  for (size_t i = 0; i < t.weights.size(); ++i) t.weights[i] = static_cast<float>(static_cast<int64_t>((i * 5 + 1) % 7) - 3);
  if (p.bias) t.bias.resize(p.out_channels);
  for (size_t i = 0; i < t.bias.size(); ++i) t.bias[i] = static_cast<float>(static_cast<int64_t>(i % 5) - 2);
  return t;
}

const char* fill_name(Fill fill) {
  constexpr const char* kNames[] = {"exact", "real", "nan", "inf", "inf_weights", "impulse", "zeros", "denormal"};
  return kNames[static_cast<int>(fill)];
}

Fill parse_fill(const std::string& name) {
  for (const Fill fill :
       {Fill::kExact, Fill::kReal, Fill::kNan, Fill::kInf, Fill::kInfWeights, Fill::kImpulse, Fill::kZeros, Fill::kDenormal})
    if (name == fill_name(fill)) return fill;
  throw std::invalid_argument("fill '" + name + "': fills are exact, real, nan, inf, inf_weights, impulse, zeros and denormal");
}

}  // namespace deconv_test
