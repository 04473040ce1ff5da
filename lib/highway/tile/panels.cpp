// SPDX-License-Identifier: Apache-2.0
#include "highway/tile/panels.h"

#include <algorithm>

#include "core/checked.h"
#include "core/division.h"

namespace deconv {
namespace {

// Packed rows of layers this wide are at most 1.3 times the plain ones. Where whole vectors would be more (17 to 24 and 33 to 36 channels
// for vectors of 16), the last panel's rows end after a multiple of four, and its vectors reach into the next row.
constexpr int64_t kWide = 16;
bool mostly_padding(int64_t padded, int64_t channels) { return channels >= kWide && padded * 10 > channels * 13; }

}  // namespace

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
    panel.pitch = static_cast<int64_t>(panel.vectors) * lanes;
    done += panel.vectors;
  }
  if (mostly_padding(vectors * lanes, channels)) panels.back().pitch = ceil_div(panels.back().channels, 4) * 4;
  return panels;
}

int64_t padded_lanes(const std::vector<Panel>& panels, int lanes) {
  return panels.back().lane + static_cast<int64_t>(panels.back().vectors) * lanes;
}

int64_t packed_group(const std::vector<Panel>& panels, int64_t rows) {
  constexpr int64_t kLine = 16;
  const char* what = "the packed weights' size";
  const int64_t floats = checked_mul(panels.back().lane + panels.back().pitch, rows, what);
  return checked_mul(ceil_div(floats, kLine), kLine, what);
}

}  // namespace deconv
