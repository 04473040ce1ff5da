// SPDX-License-Identifier: Apache-2.0
// The loops whose speed is the machine's roof, at the CPU's best SIMD level.
#pragma once

#include <cstddef>
#include <cstdint>

namespace deconv::bench {

// Runs `rounds` rounds of multiply-adds on registers alone. Returns the flops done (a multiply-add is 2); *sink keeps them alive.
int64_t fma_rounds(int64_t rounds, float* sink);

// Streams over memory. `count` is a multiple of kStreamBlock floats, pointers are aligned to 64 bytes.
constexpr size_t kStreamBlock = 256;
float stream_read(const float* from, size_t count);
void stream_copy(const float* from, float* to, size_t count);
void stream_fill(float* to, size_t count);

// Floats in a vector at that level.
int machine_lanes();

// "AVX3", "AVX2", "NEON", ...
const char* machine_target();

}  // namespace deconv::bench
