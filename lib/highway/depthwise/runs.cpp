// SPDX-License-Identifier: Apache-2.0
#include "highway/depthwise/runs.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/division.h"

namespace deconv {
namespace {

// The number whose product with `value` is 1 modulo `modulus`, by Euclid's algorithm; they have no common factor. 0 for modulus 1.
int64_t inverse_modulo(int64_t value, int64_t modulus) {
  int64_t inverse = 0, next_inverse = 1, rest = modulus, next_rest = value % modulus;
  while (next_rest != 0) {
    const int64_t quotient = rest / next_rest;
    inverse = std::exchange(next_inverse, inverse - quotient * next_inverse);
    rest = std::exchange(next_rest, rest - quotient * next_rest);
  }
  return inverse < 0 ? inverse + modulus : inverse;
}

}  // namespace

TapAxis::TapAxis(const Parameters& params, int a) : kernel(params.kernel[a]), stride(params.stride[a]), dilation(params.dilation[a]) {
  const int64_t common = std::gcd(stride, dilation);
  tap_step = stride / common;
  shift_step = dilation / common;
  inverse_shift_step_ = inverse_modulo(shift_step, tap_step);
}

ResidueTaps TapAxis::residue(int64_t p) const {
  ResidueTaps taps;
  // Of tap_step neighbouring taps one has the residue, if any has. Not searched: 2^19 residues of 2^18 taps would take a quarter of an
  // hour. The product fits, because strides are at most 2^20 (depthwise.cpp).
  const int64_t common = stride / tap_step;
  if (p % common != 0) return taps;
  taps.tap = p / common * inverse_shift_step_ % tap_step;
  if (taps.tap >= kernel) return taps;
  taps.shift = (taps.tap * dilation - p) / stride;
  taps.count = ceil_div(kernel - taps.tap, tap_step);
  return taps;
}

ResidueTaps reaching_taps(const TapAxis& axis, const ResidueTaps& taps, int64_t in, int64_t j, int64_t end, int64_t* change) {
  // Tap n reaches j while 0 <= j - shift[n] < in.
  const auto taps_before = [&](int64_t shift) {  // how many have a smaller shift
    return shift <= taps.shift ? 0 : std::min(taps.count, ceil_div(shift - taps.shift, axis.shift_step));
  };
  const int64_t first = taps_before(j - in + 1), last = taps_before(j + 1);
  *change = end;
  if (last < taps.count) *change = std::min(*change, taps.shift + last * axis.shift_step);
  if (first < taps.count) *change = std::min(*change, taps.shift + first * axis.shift_step + in);
  return {taps.tap + first * axis.tap_step, taps.shift + first * axis.shift_step, std::max<int64_t>(0, last - first)};
}

namespace {

// Calls f(run) for each.
template <class F>
void for_tap_runs(const TapAxis& axis, int64_t in, int64_t pad, int64_t out, bool merge, const F& f) {
  for (int64_t p = 0; p < axis.stride;) {
    const ResidueTaps taps = axis.residue(p);
    int64_t next = p + 1;
    if (merge && axis.dilation == 1) {
      // Residues 0 .. K - 1 mod S have one tap more than the others.
      const int64_t more = axis.kernel % axis.stride;
      next = p < more ? more : axis.stride;
    }
    const int64_t begin = ceil_div(pad - (next - 1), axis.stride), end = floor_div(out - 1 + pad - p, axis.stride) + 1;
    for (int64_t j = std::max<int64_t>(0, begin); j < end;) {
      TapRun run{p, next, j, end, {}};
      run.taps = reaching_taps(axis, taps, in, j, end, &run.end);
      j = run.end;
      f(run);
    }
    p = next;
  }
}

}  // namespace

std::vector<TapRun> tap_runs(const TapAxis& axis, int64_t in, int64_t pad, int64_t out, bool merge) {
  size_t count = 0;
  for_tap_runs(axis, in, pad, out, merge, [&](const TapRun&) { ++count; });
  std::vector<TapRun> runs;
  runs.reserve(count);
  for_tap_runs(axis, in, pad, out, merge, [&](const TapRun& run) { runs.push_back(run); });
  return runs;
}

}  // namespace deconv
