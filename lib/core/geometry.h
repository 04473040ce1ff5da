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

// The numbers j that each phase's outputs inside [0, out) have, for all phases of an axis without a list: output 0 has the smallest number
// of any phase and a residue, and every smaller residue starts one later; likewise at the end.
class PhaseRanges {
 public:
  PhaseRanges() = default;
  PhaseRanges(int64_t stride, int64_t pad_begin, int64_t out);

  // Phase `residue` has j in [begin, end), perhaps none; j is output residue + j*S - pad_begin.
  int64_t begin(int64_t residue) const { return first_ + (residue < first_residue_); }
  int64_t end(int64_t residue) const { return last_ + (residue <= last_residue_); }
  // The first residue from `residue` on whose phase has an output; the stride if there is none. Of a million phases a dst of one pixel has
  // one.
  int64_t next(int64_t residue) const {
    const bool among_last = residue <= last_residue_;
    if (first_ == last_) return among_last ? (residue < first_residue_ ? first_residue_ : residue) : stride_;
    return among_last || first_ + 1 < last_ || residue >= first_residue_ ? residue : first_residue_;
  }
  // Smallest number of any phase, and how many there are from it to the largest.
  int64_t first() const { return first_; }
  int64_t span() const { return last_ - first_ + 1; }

 private:
  int64_t stride_ = 1;
  int64_t first_ = 0, first_residue_ = 0;
  int64_t last_ = 0, last_residue_ = 0;
};

// Products that land inside dst, times 2. Saturates at INT64_MAX.
int64_t count_flops(const Parameters& params, const Shape& shape);

// Compulsory traffic in bytes: src, weights, per-channel vectors and residual read once, dst written once. Saturates at INT64_MAX.
int64_t count_bytes(const Parameters& params, const Shape& shape);

}  // namespace deconv
