// SPDX-License-Identifier: Apache-2.0
// The bilinear algorithm F(m, r): m outputs of an FIR filter of r taps from m + r - 1 products instead of m * r (Toom 1963, Cook 1966;
// Winograd 1980 for filters). Matrices come from interpolation points; every entry of `input` and `output` is an exact float.
#pragma once

namespace deconv {

// More than five finite points, and infinity, lose a digit of accuracy for little: see points() in transforms.cpp.
constexpr int kMostPoints = 6;

// sum over k of x[i + k] * g[k], i < outputs, k < taps, is output * ((weights * g) .* (input * x)), x having points() entries.
struct ToomTransform {
  int outputs = 1, taps = 1;
  double input[kMostPoints][kMostPoints] = {};    // [point][input]
  double weights[kMostPoints][kMostPoints] = {};  // [point][tap]
  double output[kMostPoints][kMostPoints] = {};   // [output][point]

  int points() const { return outputs + taps - 1; }
  // The factor c of the error bound (docs/accuracy.md): with |x| <= 1 and sum |g| <= 1, the largest that the absolute values of an output's
  // terms can add up to. 1 for direct sums.
  double amplification() const;
};

// 1 <= outputs, 1 <= taps, outputs + taps - 1 <= kMostPoints. One output or one tap: direct, no transform.
ToomTransform toom_transform(int outputs, int taps);

}  // namespace deconv
