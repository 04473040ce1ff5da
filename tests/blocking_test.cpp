// SPDX-License-Identifier: Apache-2.0
// phase_gemm's cut into tasks is arithmetic: what every cut must hold, and the cuts that measurements decided.
#include "highway/phase_gemm/blocking.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/division.h"

using deconv::Blocking;
using deconv::BlockingProblem;
using deconv::ceil_div;

namespace {

// k4 s2 p1 with 8 x 48 tiles, channels last.
BlockingProblem halving(int64_t channels, int64_t out_channels, int64_t height, int64_t width, int threads) {
  BlockingProblem p;
  p.pixels = {1, height + 1, width + 1};
  p.channels = channels;
  p.out_pixel = out_channels;
  p.panels = ceil_div(out_channels, int64_t{48});
  p.phases = 4;
  p.phase_taps = 4;
  p.weights = channels * out_channels * 16;
  p.src = channels * height * width;
  p.rows = p.row_phases = 2;
  p.tile_rows = 8;
  p.threads = threads;
  return p;
}

int64_t boxes(const BlockingProblem& p, const Blocking& b) {
  int64_t count = ceil_div(p.batch, b.batch);
  for (int a = 0; a < 3; ++a) count *= ceil_div(p.pixels[a], b.pixels[a]);
  return count;
}

int64_t tasks(const BlockingProblem& p, const Blocking& b) {
  return boxes(p, b) * p.groups * ceil_div(p.panels, b.panels) * ceil_div(p.rows, b.rows);
}

}  // namespace

TEST_CASE("parts are within the whole, and threads get several tasks each") {
  for (const int64_t channels : {1, 3, 16, 64, 512, 2048, 5000}) {
    for (const int64_t out_channels : {1, 3, 64, 100, 512}) {
      for (const int64_t extent : {1, 2, 7, 8, 64, 1000}) {
        for (const int threads : {1, 2, 3, 16}) {
          for (const bool first : {false, true}) {
            BlockingProblem p = halving(channels, out_channels, extent, 2 * extent, threads);
            if (first) p.out_pixel = 1;
            p.gathers_src = first;
            const Blocking b = deconv::choose_blocking(p);
            CAPTURE(channels);
            CAPTURE(out_channels);
            CAPTURE(extent);
            CAPTURE(threads);
            for (int a = 0; a < 3; ++a) {
              CHECK(b.pixels[a] >= 1);
              CHECK(b.pixels[a] <= ceil_div(p.pixels[a], int64_t{p.tile_rows}) * p.tile_rows);
            }
            CHECK(b.batch == 1);
            CHECK(b.panels >= 1);
            CHECK(b.panels <= p.panels);
            CHECK((b.rows == p.rows || b.rows == 1));
            // The largest box is one whose pixels touch half of L2, or one of two tiles.
            CHECK(b.box_pixels() <= 1024);
            if (channels >= 64) CHECK(b.box_pixels() * channels <= std::max<int64_t>(2 * 128 * 1024, 4 * p.tile_rows * channels));
            if (extent >= 64) CHECK(tasks(p, b) >= threads);
          }
        }
      }
    }
  }
}

TEST_CASE("one thread computes all panels and phases of a box together") {
  const BlockingProblem p = halving(512, 256, 32, 32, 1);
  const Blocking b = deconv::choose_blocking(p);
  CHECK(b.panels == p.panels);
  CHECK(b.rows == p.rows);
  CHECK_FALSE(b.weights_first);
}

// Weights larger than src: 2048->256 on 8x6 took 4.2 ms on two threads while its pixels were cut, each part reading all weights, and takes
// 3.2; 1024->512 on 8x8, with as many tasks of one thread as of the other, 4.9 and 4.4.
TEST_CASE("heavy weights are cut, by panels and phases, instead of the pixels") {
  for (const BlockingProblem& p : {halving(2048, 256, 8, 6, 2), halving(1024, 512, 8, 8, 2)}) {
    const Blocking b = deconv::choose_blocking(p);
    CHECK(boxes(p, b) == 1);
    CHECK(b.weights_first);
    CHECK(b.rows == 1);
    CHECK(tasks(p, b) >= 8);
  }
}

TEST_CASE("rows that share cache lines in channels-first memory belong to one task") {
  BlockingProblem p = halving(512, 256, 5, 5, 2);
  p.gathers_src = true;
  p.out_pixel = 1;
  p.out_row = 10;
  const Blocking shared = deconv::choose_blocking(p);
  CHECK(shared.weights_first);
  CHECK(shared.rows == p.rows);
  CHECK(shared.panels == 1);
  p.out_row = 16;
  CHECK(deconv::choose_blocking(p).rows == 1);
}

// Every task would gather its box again.
TEST_CASE("gathered boxes keep their panels together where there are several") {
  BlockingProblem p = halving(1024, 512, 16, 16, 2);
  p.gathers_src = true;
  p.out_pixel = 1;
  const Blocking b = deconv::choose_blocking(p);
  CHECK(boxes(p, b) > 1);
  CHECK_FALSE(b.weights_first);
  CHECK(b.rows == p.rows);
}

// Of as many pixels, flat boxes read more pixels around them again.
TEST_CASE("boxes are square in channels last, whole rows where a box is gathered or has no border") {
  BlockingProblem p = halving(1024, 512, 32, 64, 1);
  const Blocking last = deconv::choose_blocking(p);
  CHECK(last.pixels[2] < 2 * last.pixels[1] + p.tile_rows);
  p.out_pixel = 1;
  CHECK(deconv::choose_blocking(p).pixels[2] > 4 * deconv::choose_blocking(p).pixels[1]);
  p = halving(1024, 512, 32, 64, 1);
  p.phase_taps = 1;
  CHECK(deconv::choose_blocking(p).pixels[2] > 4 * deconv::choose_blocking(p).pixels[1]);
}
