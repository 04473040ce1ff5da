// SPDX-License-Identifier: Apache-2.0
// SplitMix64 (Steele, Lea, Flood 2014): one addition and two multiplications a number, so that filling 700 MB takes under a second.
#pragma once

#include <cstddef>
#include <cstdint>

namespace deconv::bench {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  int64_t below(int64_t end) { return static_cast<int64_t>(next() % static_cast<uint64_t>(end)); }

  // Two values in [-1, 1) a number: 24 bits each, exact in float, no denormals.
  void fill(float* values, size_t count) {
    constexpr float kScale = 1.0f / (1 << 23);
    for (size_t i = 0; i < count; ++i) {
      const uint64_t bits = next();
      values[i] = static_cast<float>(bits >> 40) * kScale - 1.0f;
      if (++i < count) values[i] = static_cast<float>((bits >> 16) & 0xFFFFFF) * kScale - 1.0f;
    }
  }

 private:
  uint64_t state_;
};

}  // namespace deconv::bench
