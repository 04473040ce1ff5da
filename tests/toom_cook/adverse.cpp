// SPDX-License-Identifier: Apache-2.0
#include "toom_cook/adverse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "support/fill.h"

namespace deconv_test {
namespace {

using deconv::kMostPoints;
using deconv::ToomTransform;
using Values = std::array<double, kMostPoints>;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(hash64(seed)) {}
  double unit() {
    state_ = hash64(state_);
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }
  double sign() { return unit() < 0.5 ? -1 : 1; }

 private:
  uint64_t state_;
};

// Data of `channels` whose values come from value(channel, position, is input).
template <class F>
PatchData patch(const char* name, const ToomTransform& t, int64_t channels, const F& value) {
  PatchData data;
  data.name = name;
  data.channels = channels;
  for (int64_t c = 0; c < channels; ++c) {
    for (int i = 0; i < t.points(); ++i) data.inputs.push_back(static_cast<float>(value(c, i, true)));
    for (int k = 0; k < t.taps; ++k) data.filters.push_back(static_cast<float>(value(c, k, false)));
  }
  return data;
}

Values products(const double (&matrix)[kMostPoints][kMostPoints], int rows, int columns, const Values& x) {
  Values y{};
  for (int i = 0; i < rows; ++i) {
    for (int k = 0; k < columns; ++k) y[i] += matrix[i][k] * x[k];
  }
  return y;
}

// x of matrix * x = y, by elimination with row exchanges.
Values solve(const double (&matrix)[kMostPoints][kMostPoints], int size, Values y) {
  std::array<Values, kMostPoints> rows{};
  for (int i = 0; i < size; ++i) std::copy_n(matrix[i], size, rows[i].begin());
  for (int k = 0; k < size; ++k) {
    int pivot = k;
    for (int i = k + 1; i < size; ++i) {
      if (std::fabs(rows[i][k]) > std::fabs(rows[pivot][k])) pivot = i;
    }
    std::swap(rows[k], rows[pivot]);
    std::swap(y[k], y[pivot]);
    for (int i = k + 1; i < size; ++i) {
      const double factor = rows[i][k] / rows[k][k];
      for (int j = k; j < size; ++j) rows[i][j] -= factor * rows[k][j];
      y[i] -= factor * y[k];
    }
  }
  for (int k = size - 1; k >= 0; --k) {
    for (int j = k + 1; j < size; ++j) y[k] -= rows[k][j] * y[j];
    y[k] /= rows[k][k];
  }
  return y;
}

// What an addition to a float near x may lose at most: half a unit in the last place.
double half_unit(double x) { return x == 0 ? 0 : std::ldexp(1.0, std::ilogb(0.999 * x) - 24); }

// A first channel: what of its sums can be lost, over what the bound allows for it.
struct Start {
  Values inputs{}, filter{}, sums{};
  int output = 0;
  double loss = 0;
};

Start random_start(const ToomTransform& t, Random* random) {
  Start start;
  double filter = 0, largest = 0;
  for (int i = 0; i < t.points(); ++i) {
    start.inputs[i] = random->sign() * (random->unit() < 0.5 ? 1 : random->unit());
    largest = std::max(largest, std::fabs(start.inputs[i]));
  }
  for (int k = 0; k < t.taps; ++k) {
    start.filter[k] = random->sign() * (random->unit() < 0.3 ? 0 : random->unit());
    filter += std::fabs(start.filter[k]);
  }
  const Values x = products(t.input, t.points(), t.points(), start.inputs), w = products(t.weights, t.points(), t.taps, start.filter);
  for (int j = 0; j < t.points(); ++j) start.sums[j] = x[j] * w[j];
  for (int i = 0; i < t.outputs && filter > 0; ++i) {
    double loss = 0;
    for (int j = 0; j < t.points(); ++j) loss += std::fabs(t.output[i][j]) * half_unit(start.sums[j]);
    if (loss / (filter * largest) <= start.loss) continue;
    start.loss = loss / (filter * largest);
    start.output = i;
  }
  return start;
}

}  // namespace

std::vector<PatchData> random_patches(const ToomTransform& t, uint64_t seed) {
  Random random(seed);
  const auto plain = [&](int64_t, int, bool) { return 2 * random.unit() - 1; };
  std::vector<PatchData> patches;
  for (const int64_t channels : {1, 3, 64}) patches.push_back(patch("random", t, channels, plain));
  patches.push_back(patch("thousands of channels", t, 4096, plain));
  patches.push_back(patch("one sign", t, 512, [&](int64_t, int, bool) { return 1 + random.unit(); }));
  patches.push_back(patch("alternating signs", t, 64,
                          [&](int64_t, int i, bool input) { return (input && i % 2 != 0 ? -1 : 1) * (1 + random.unit() / 16); }));
  patches.push_back(patch("wide range", t, 256, [&](int64_t, int, bool) { return random.sign() * std::exp2(40 * random.unit() - 20); }));
  double last[2][kMostPoints] = {};
  patches.push_back(patch("channels that cancel", t, 256, [&](int64_t c, int i, bool input) {
    if (c % 2 == 0) last[input][i] = 2 * random.unit() - 1;
    return c % 2 == 0 ? last[input][i] : input ? last[input][i] * (1 + 0x1p-12 * random.unit()) : -last[input][i];
  }));
  return patches;
}

PatchData stagnant_patch(const ToomTransform& t, int64_t channels) {
  constexpr int kTries = 20000;
  constexpr double kLost = 0.95;  // of half a unit
  Random random(7);
  Start best;
  for (int i = 0; i < kTries; ++i) {
    const Start start = random_start(t, &random);
    if (start.loss > best.loss) best = start;
  }
  // A filter that is not zero at any point, and the inputs that make of it what shall be lost.
  Values filter{}, lost{};
  for (int k = 0; k < t.taps; ++k) filter[k] = std::ldexp(1.0, -2 * k);
  const Values w = products(t.weights, t.points(), t.taps, filter);
  for (int j = 0; j < t.points(); ++j)
    lost[j] = t.output[best.output][j] == 0 ? 0 : std::copysign(kLost * half_unit(best.sums[j]), t.output[best.output][j]) / w[j];
  const Values inputs = solve(t.input, t.points(), lost);
  return patch("stagnant sums", t, channels, [&](int64_t c, int i, bool input) {
    return input ? (c == 0 ? best.inputs : inputs)[i] : (c == 0 ? best.filter : filter)[i];
  });
}

}  // namespace deconv_test
