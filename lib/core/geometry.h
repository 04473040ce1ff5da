// SPDX-License-Identifier: Apache-2.0
// Shape arithmetic of transposed convolution: output extents, phases, counts. Checked 64-bit integers, no memory touched.
#pragma once

#include <cstdint>
#include <vector>

#include "core/parameters.h"

namespace deconv {

// One phase of one axis. Outputs o with (o + pad_begin) mod S == residue, numbered by j: o = first_out + (j - j_begin)*S.
// Its taps: dst[j] += src[j - shift] * weights[tap], where tap*D == residue + shift*S.
struct AxisPhase {
  struct Tap {
    int64_t tap;
    int64_t shift;  // >= 0
  };
  int64_t residue = 0;
  std::vector<Tap> taps;  // by growing shift; empty where no tap reaches the phase
};

// The S phases of an axis. Independent of extents and pads: weights are packed by it once for all shapes.
std::vector<AxisPhase> axis_phases(int64_t kernel, int64_t stride, int64_t dilation);

// The outputs of one phase inside [0, out): j in [begin, end), the first at index first_out.
struct PhaseRange {
  int64_t begin = 0, end = 0;
  int64_t first_out = 0;
};
PhaseRange phase_range(int64_t residue, int64_t stride, int64_t pad_begin, int64_t out);

// Products that land inside dst, times 2. Saturates at INT64_MAX.
int64_t count_flops(const Parameters& params, const Shape& shape);

// Compulsory traffic in bytes: src, weights, per-channel vectors and residual read once, dst written once. Saturates at INT64_MAX.
int64_t count_bytes(const Parameters& params, const Shape& shape);

}  // namespace deconv
