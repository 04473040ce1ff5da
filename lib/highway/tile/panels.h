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
  int64_t lane = 0;  // lanes of the panels before: position in padded per-channel vectors and in the packed weights
};

// Panels of at most `max_vectors` vectors of `lanes` floats, as even as possible: 4 vectors split 2 + 2, not 3 + 1, because a narrow tile
// has less to do for each broadcast.
std::vector<Panel> split_panels(int64_t channels, int lanes, int max_vectors);

// Sum of the panels' lanes.
int64_t padded_lanes(const std::vector<Panel>& panels, int lanes);

}  // namespace deconv
