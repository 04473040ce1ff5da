// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/blocking.h"

#include <algorithm>

#include "core/division.h"

namespace deconv {
namespace {

// Floats of src that a box may touch: half of a 1 MiB L2, beside a slice of weights. Twice as many pixels as a quarter of it holds read the
// weights half as often (1024->512 k4 s2 on 8x8: 9.4 -> 9.0 ms); all of it changes nothing more (seven layers of 512 to 1549
// channels: within 1 %).
constexpr int64_t kBoxFloats = 128 * 1024;
// Taps that a box lists: at worst all of a phase for each pixel. 16 Ki of them are 256 KiB.
constexpr int64_t kBoxTaps = 16 * 1024;
// Floats of dst that the phases of a box interleave in: where an output is shorter than a cache line, each line is written by several
// phases, and all of them have to find it in L2 (19 channels, 16 x 16 phases: 318 ms without this limit).
constexpr int64_t kBoxOutputs = 128 * 1024;
constexpr int64_t kShortOutput = 32;
// More pixels than this reuse weights no better, and leave fewer tasks.
constexpr int64_t kMostPixels = 256;
// Of few channels, a box is so short that entering it shows: more pixels, to this many floats of src (16->16 k3 s2: 0.855 -> 0.810 ms,
// 16->16 k4 s2 in one dimension: 0.395 -> 0.375). Channels-first outputs wait in L2 until they are turned: no more of them.
constexpr int64_t kFewFloats = 16 * 1024;
constexpr int64_t kMostPixelsOfFew = 1024;
constexpr int64_t kLineFloats = 16;
// Tasks of a thread, so that the last one does not wait long for the others.
constexpr int64_t kTasksPerThread = 4;

// Pieces of [0, extent) of about `wanted`, all but the last equal.
int64_t even_piece(int64_t extent, int64_t wanted) { return ceil_div(extent, ceil_div(extent, std::max<int64_t>(1, wanted))); }

int64_t wanted_pixels(const BlockingProblem& p) {
  const int64_t by_src = kBoxFloats / p.channels;
  const int64_t by_taps = kBoxTaps / std::max<int64_t>(1, p.phase_taps * std::min(p.row_phases, kMostRowPhases));
  const int64_t by_dst = p.out_pixel < kShortOutput ? kBoxOutputs / (p.out_pixel * p.phases) : kMostPixelsOfFew;
  const int64_t most = p.out_pixel == 1 ? kMostPixels : std::clamp(kFewFloats / p.channels, kMostPixels, kMostPixelsOfFew);
  const int64_t wanted = std::min({by_src, by_taps, by_dst, most});
  return std::max<int64_t>(wanted, 2 * p.tile_rows);
}

// Square boxes read fewer pixels around them again than flat ones, and their border patches fill tiles: a border column two rows high made
// tiles of two rows. 1024->512 k3 s2 on 32x64: 173.7 -> 170.5 ms, 512 channels k3 s2 to 65x65 43.8 -> 43.0, 64->16 k3 s2 6.23 -> 6.08;
// others of the 24 layers within 1 %. Not of few channels, whose boxes are long (16->16 k3 s2: 2 % slower), nor where a box's rows become
// runs of channels-first memory (256->128 k3 s2: 23.2 -> 24.9).
int64_t wanted_width(const BlockingProblem& p, int64_t wanted) {
  if (p.phase_taps == 1 || p.out_pixel == 1 || wanted > kMostPixels) return wanted;
  int64_t side = p.tile_rows;
  while (side * side < wanted) side += p.tile_rows;
  return p.pixels[0] * p.pixels[1] < side || p.pixels[2] < 2 * side ? wanted : side;
}

// Fills the box innermost axis first: contiguous memory, and rows and images merge once an axis fits whole.
Blocking fill_box(const BlockingProblem& p, int64_t wanted) {
  Blocking b;
  for (int a = 2; a >= 0; --a) {
    b.pixels[a] = even_piece(p.pixels[a], a == 2 ? wanted_width(p, wanted) : wanted);
    if (a == 2 && b.pixels[a] < p.pixels[a]) b.pixels[a] = ceil_div(b.pixels[a], p.tile_rows) * p.tile_rows;
    wanted = std::max<int64_t>(1, wanted / b.pixels[a]);
  }
  b.batch = even_piece(p.batch, wanted);
  return b;
}

int64_t box_count(const BlockingProblem& p, const Blocking& b) {
  int64_t count = ceil_div(p.batch, b.batch);
  for (int a = 0; a < 3; ++a) count *= ceil_div(p.pixels[a], b.pixels[a]);
  return count;
}

}  // namespace

Blocking choose_blocking(const BlockingProblem& p) {
  const int64_t wanted_tasks = p.threads == 1 ? 1 : kTasksPerThread * p.threads;
  int64_t wanted = wanted_pixels(p);
  Blocking b = fill_box(p, wanted);
  // Boxes read the weights again, panels and phases src: the smaller of the two.
  const bool weights_first = p.weights > p.src;
  const int64_t by_weights = weights_first ? p.panels * p.rows : 1;
  while (wanted > 4 * p.tile_rows && box_count(p, b) * p.groups * by_weights < wanted_tasks) b = fill_box(p, wanted /= 2);
  b.phases = std::min(p.row_phases, kMostRowPhases);
  b.weights_first = weights_first && p.threads > 1 && (!p.gathers_src || box_count(p, b) == 1);
  // Rows of different phases may share a cache line, which two threads would write in turns: not while there are panels enough
  // (320->320 k2 s2 on 7x7x5, rows of 10 floats, channels first, two threads: 3.7 -> 2.5 ms).
  const bool share_lines = p.out_pixel == 1 && p.out_row % kLineFloats != 0;
  const bool apart = b.weights_first && (!share_lines || p.panels < 2 * p.threads);
  b.rows = apart ? 1 : p.rows;
  const int64_t pieces = b.weights_first && !apart ? p.panels : ceil_div(wanted_tasks, box_count(p, b) * p.groups);
  b.panels = ceil_div(p.panels, std::min(p.panels, pieces));
  return b;
}

}  // namespace deconv
