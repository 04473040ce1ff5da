// SPDX-License-Identifier: Apache-2.0
// Which taps of an axis reach which outputs.
#pragma once

#include <cstdint>
#include <vector>

#include "core/parameters.h"

namespace deconv {

// Output o of an axis is pixel j of residue p: o + pad == j*S + p. The residue's taps are n = 0, 1, ..: tap[n] = tap + n*tap_step, and
// dst[j] += src[j - shift[n]] * weights[tap[n]] with shift[n] = shift + n*shift_step.
struct ResidueTaps {
  int64_t tap = 0, shift = 0;
  int64_t count = 0;
};

// An axis without its extents.
struct TapAxis {
  TapAxis(const Parameters& params, int a);
  ResidueTaps residue(int64_t p) const;

  int64_t kernel, stride, dilation;
  int64_t tap_step, shift_step;  // the same for every residue

 private:
  int64_t inverse_shift_step_;  // modulo tap_step
};

// Pixels [begin, end) of residues [residue_begin, residue_end) that the same `taps` reach, all of them everywhere. Residue p of the run has
// tap.tap + (p - residue_begin) as its first.
struct TapRun {
  int64_t residue_begin, residue_end;
  int64_t begin, end;
  ResidueTaps taps;
};

// Those of `taps` that reach pixel j of an axis of `in` inputs, and the first pixel after j where that changes or, if it never does, `end`.
ResidueTaps reaching_taps(const TapAxis& axis, const ResidueTaps& taps, int64_t in, int64_t j, int64_t end, int64_t* change);

// Every output's runs, by residues, then pixels. Neighbouring residues share runs where their taps are neighbours (dilation 1) if `merge`.
std::vector<TapRun> tap_runs(const TapAxis& axis, int64_t in, int64_t pad, int64_t out, bool merge);

}  // namespace deconv
