// SPDX-License-Identifier: Apache-2.0
#include "half.h"

#include <cstring>

namespace deconv_ort {
namespace {

float as_float(uint32_t bits) noexcept {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

uint32_t as_bits(float value) noexcept {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// A float's exponent field begins at bit 23 and is biased by 127, a half's at bit 10 and by 15.
constexpr uint32_t kShift = 23 - 10;
constexpr uint32_t kInfinity = 0x7f800000;

float to_float(uint16_t half) noexcept {
  const uint32_t magnitude = (half & 0x7fffu) << kShift;
  const uint32_t scaled = as_bits(as_float(magnitude) * as_float((127u + 127 - 15) << 23));  // exact for subnormals too
  const uint32_t finite = magnitude >= 0x7c00u << kShift ? magnitude | kInfinity : scaled;
  return as_float(finite | static_cast<uint32_t>(half & 0x8000u) << 16);
}

uint16_t to_half(float value) noexcept {
  const uint32_t bits = as_bits(value);
  const uint32_t magnitude = bits & 0x7fffffffu;
  // Below the smallest normal half, 2^-14: added to 0.5, the result's last bit is worth 2^-24, as a subnormal half's is.
  const uint32_t subnormal = as_bits(as_float(magnitude) + 0.5f) - as_bits(0.5f);
  const uint32_t odd = magnitude >> kShift & 1;
  const uint32_t normal = (magnitude - ((127u - 15) << 23) + 0xfff + odd) >> kShift;
  const uint32_t special = magnitude > kInfinity ? 0x7e00u : 0x7c00u;
  const uint32_t finite = magnitude < (127u - 14) << 23 ? subnormal : normal;
  return static_cast<uint16_t>((magnitude >= (127u + 16) << 23 ? special : finite) | (bits >> 16 & 0x8000u));
}

}  // namespace

void halves_to_floats(const uint16_t* halves, float* floats, int64_t count) noexcept {
  for (int64_t i = 0; i < count; ++i) floats[i] = to_float(halves[i]);
}

void floats_to_halves(const float* floats, uint16_t* halves, int64_t count) noexcept {
  for (int64_t i = 0; i < count; ++i) halves[i] = to_half(floats[i]);
}

}  // namespace deconv_ort
