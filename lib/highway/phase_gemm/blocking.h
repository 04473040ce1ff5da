// SPDX-License-Identifier: Apache-2.0
// How a plan cuts its work into tasks: boxes of phase pixels, ranges of panels, chunks of phases. Pure integers.
#pragma once

#include <cstdint>

#include "core/parameters.h"

namespace deconv {

// Phases of a row that are computed together, at most. Whole output rows are gathered before they go to channels-first memory; 16 phases
// already fill a cache line of it.
constexpr int64_t kMostRowPhases = 16;

// What the cut depends on.
struct BlockingProblem {
  int64_t batch = 1;
  Axes pixels{1, 1, 1};  // of the largest phase, per axis
  int64_t groups = 1;
  int64_t panels = 1;
  int64_t channels = 1;      // input channels of a group
  int64_t out_pixel = 1;     // floats of dst between neighbouring outputs of a row that one task writes: 1 where channels come first
  int64_t out_row = 1;       // outputs of a row of dst
  int64_t phases = 1;        // of all axes
  int64_t phase_taps = 1;    // of the phase with the most
  int64_t weights = 1;       // of a group, packed floats
  int64_t src = 1;           // of a group, floats
  bool gathers_src = false;  // a task copies its box of src first
  int64_t rows = 1;          // phases of the outer axes
  int64_t row_phases = 1;    // stride of the innermost axis
  int tile_rows = 1;
  int threads = 1;
};

struct Blocking {
  int64_t batch = 1;           // images of a box
  Axes pixels{1, 1, 1};        // phase pixels of a box, per axis
  int64_t panels = 1;          // panels of a task
  int64_t rows = 1;            // phases of the outer axes of a task
  int64_t phases = 1;          // phases of a row that are computed together
  bool weights_first = false;  // tasks that share weights follow each other, instead of tasks that share src

  int64_t box_pixels() const { return batch * pixels[0] * pixels[1] * pixels[2]; }
};

Blocking choose_blocking(const BlockingProblem& problem);

}  // namespace deconv
