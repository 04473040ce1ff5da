// SPDX-License-Identifier: Apache-2.0
// How the output channels of a group split into panels of whole vectors.
#pragma once

#include <cstdint>
#include <vector>

namespace deconv {

struct Panel {
  int64_t channel = 0;   // first output channel of the group
  int64_t channels = 0;  // valid ones; the last vector may be partly empty
  int vectors = 1;
  int64_t lane = 0;   // lanes of the panels before: position in padded per-channel vectors and in a row of packed weights
  int64_t pitch = 0;  // floats between rows of packed weights: the panel's lanes, or less where those would be mostly padding
};

// Panels of at most `max_vectors` vectors of `lanes` floats, as even as possible: 4 vectors split 2 + 2, not 3 + 1, because a narrow tile
// has less to do for each broadcast.
std::vector<Panel> split_panels(int64_t channels, int lanes, int max_vectors);

// Sum of the panels' lanes.
int64_t padded_lanes(const std::vector<Panel>& panels, int lanes);

// Floats of a group's packed weights, [panel][row][pitch], and of one panel's before it. Both are whole cache lines where panels are. A
// kernel reads whole vectors: a vector's worth of memory behind the last group must be readable.
int64_t packed_group(const std::vector<Panel>& panels, int64_t rows);
inline int64_t packed_panel(const Panel& panel, int64_t rows) { return panel.lane * rows; }

}  // namespace deconv
