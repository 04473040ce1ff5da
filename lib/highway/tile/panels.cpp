// SPDX-License-Identifier: Apache-2.0
#include "highway/tile/panels.h"

#include <algorithm>

namespace deconv {

std::vector<Panel> split_panels(int64_t channels, int lanes, int max_vectors) {
  const int64_t vectors = (channels + lanes - 1) / lanes;
  const int64_t count = (vectors + max_vectors - 1) / max_vectors;
  std::vector<Panel> panels(static_cast<size_t>(count));
  int64_t done = 0;
  for (int64_t i = 0; i < count; ++i) {
    Panel& panel = panels[i];
    panel.vectors = static_cast<int>((vectors - done) / (count - i) + ((vectors - done) % (count - i) != 0));
    panel.lane = panel.channel = done * lanes;
    panel.channels = std::min<int64_t>(panel.vectors * lanes, channels - panel.channel);
    done += panel.vectors;
  }
  return panels;
}

int64_t padded_lanes(const std::vector<Panel>& panels, int lanes) {
  return panels.back().lane + static_cast<int64_t>(panels.back().vectors) * lanes;
}

}  // namespace deconv
