// SPDX-License-Identifier: Apache-2.0
// How toom_cook cuts a layer: patches of m outputs of every phase, axis by axis. The phases of an axis have R or R - 1 taps; those with
// as many share one transform of the inputs, so no product is wasted on zeros.
#pragma once

#include <cstdint>
#include <string>

#include "core/parameters.h"
#include "highway/toom_cook/transforms.h"

namespace deconv {

struct ToomAxis {
  // Phases with the same number of taps.
  struct Kind {
    ToomTransform transform;
    int plane = 0;  // first of its points among the axis' planes
    int skip = 0;   // inputs of the window before its own
  };

  ToomAxis() = default;
  ToomAxis(int64_t kernel, int64_t stride, int64_t dilation, int outputs);

  // Phases [0, long_phases) have the first kind.
  const Kind& kind(int64_t residue) const { return kinds[residue < long_phases ? 0 : 1]; }
  // Products of a patch of all phases.
  int64_t products() const;
  // Largest factor of a phase.
  double amplification() const { return kinds[0].transform.amplification(); }
  double noise() const { return kinds[0].transform.noise(); }
  bool trivial() const { return window == 1; }

  int64_t stride = 1;
  int64_t spacing = 1;  // between a patch's outputs of a phase, and its inputs: the dilation
  int outputs = 1;      // of a phase in a patch
  int taps = 1;         // of the longest phase
  int window = 1;       // inputs of a patch
  int planes = 1;       // transformed inputs: points of all kinds
  int64_t long_phases = 1;
  int kind_count = 1;
  Kind kinds[2];
};

// All three axes. Patches, planes and products are numbered with the innermost axis fastest.
struct ToomAxes {
  ToomAxes(const Parameters& params, const int (&outputs)[3]);

  const ToomAxis& operator[](int a) const { return axes[a]; }
  int64_t planes() const { return static_cast<int64_t>(axes[0].planes) * axes[1].planes * axes[2].planes; }
  int64_t products() const { return axes[0].products() * axes[1].products() * axes[2].products(); }
  int64_t outputs() const { return static_cast<int64_t>(axes[0].outputs) * axes[1].outputs * axes[2].outputs; }
  int64_t window() const { return static_cast<int64_t>(axes[0].window) * axes[1].window * axes[2].window; }
  // That of the longest phases, which have the most.
  double noise() const { return axes[0].noise() * axes[1].noise() * axes[2].noise(); }
  double amplification() const { return axes[0].amplification() * axes[1].amplification() * axes[2].amplification(); }
  // Points of the phase of the axes' residues.
  int64_t points(const Axes& residue) const;
  int64_t most_points() const { return points({0, 0, 0}); }
  // "F(3,2)xF(3,2)": m and the longest phase's taps of each axis that has a transform.
  std::string name() const;

  ToomAxis axes[3];
};

}  // namespace deconv
