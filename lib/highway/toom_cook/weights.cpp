// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/weights.h"

#include <algorithm>

#include "core/division.h"
#include "core/parallel.h"
#include "highway/packing.h"

namespace deconv {
namespace {

// Output channels that are transformed side by side.
constexpr int64_t kWidth = 8;
constexpr int64_t kMostProducts = int64_t{kMostPoints} * kMostPoints * kMostPoints;

// The points of one phase for kWidth output channels, on the way from its taps.
struct Line {
  double values[kMostProducts][kWidth];
};

// One axis: each line of `taps` entries, `inner` apart, becomes one of points.
void transform_axis(const ToomTransform& t, int64_t outer, int64_t inner, const Line& from, Line* to) {
  for (int64_t o = 0; o < outer; ++o) {
    for (int point = 0; point < t.points(); ++point) {
      for (int64_t i = 0; i < inner; ++i) {
        double sums[kWidth] = {};
        for (int tap = 0; tap < t.taps; ++tap) {
          const double* values = from.values[(o * t.taps + tap) * inner + i];
          for (int64_t c = 0; c < kWidth; ++c) sums[c] += t.weights[point][tap] * values[c];
        }
        std::copy_n(sums, kWidth, to->values[(o * t.points() + point) * inner + i]);
      }
    }
  }
}

// What one task does: some input channels of one panel of one group.
class WeightsTask {
 public:
  WeightsTask(const Parameters& params, const ToomAxes& axes, const WeightStrides& strides, int64_t group, const Panel& panel,
              float* packed)
      : params_(params), axes_(axes), strides_(strides), group_(group), panel_(panel), packed_(packed) {}

  void run(int64_t begin, int64_t end) {
    for (int64_t ic = begin; ic < end; ++ic) {
      for (int64_t c = 0; c < panel_.pitch; c += kWidth) channels(ic, c);
    }
  }

 private:
  void channels(int64_t ic, int64_t c) {
    const int64_t inputs = params_.in_channels_per_group();
    float* to = packed_ + ic * panel_.pitch + c;
    Axes r;
    for (r[0] = 0; r[0] < axes_[0].stride; ++r[0]) {
      for (r[1] = 0; r[1] < axes_[1].stride; ++r[1]) {
        for (r[2] = 0; r[2] < axes_[2].stride; ++r[2]) {
          phase(r, ic, c);
          const int64_t points = axes_.points(r), width = std::min(kWidth, panel_.pitch - c);
          for (int64_t point = 0; point < points; ++point, to += inputs * panel_.pitch) {
            for (int64_t i = 0; i < width; ++i) to[i] = static_cast<float>(line_->values[point][i]);
          }
        }
      }
    }
  }

  // All points of one phase, into *line_.
  void phase(const Axes& residue, int64_t ic, int64_t c) {
    const ToomTransform *d = &axes_[0].kind(residue[0]).transform, *h = &axes_[1].kind(residue[1]).transform,
                        *w = &axes_[2].kind(residue[2]).transform;
    gather(residue, {d->taps, h->taps, w->taps}, ic, c);
    transform(*w, int64_t{d->taps} * h->taps, 1);
    transform(*h, d->taps, w->points());
    transform(*d, 1, int64_t{h->points()} * w->points());
  }

  void transform(const ToomTransform& t, int64_t outer, int64_t inner) {
    if (t.points() == 1) return;
    transform_axis(t, outer, inner, *line_, next_);
    std::swap(line_, next_);
  }

  // The phase's taps into *line_. A filter's entries run against the shifts: the last meets the window's first input.
  void gather(const Axes& residue, const Axes& taps, int64_t ic, int64_t c) {
    const int64_t width = std::max<int64_t>(0, std::min(kWidth, panel_.channels - c));
    const auto position = [&](int a, int64_t k) { return residue[a] + (taps[a] - 1 - k) * axes_[a].stride; };
    int64_t n = 0;
    for (int64_t d = 0; d < taps[0]; ++d) {
      for (int64_t h = 0; h < taps[1]; ++h) {
        for (int64_t w = 0; w < taps[2]; ++w, ++n) {
          const int64_t tap = (position(0, d) * params_.kernel[1] + position(1, h)) * params_.kernel[2] + position(2, w);
          const float* from = strides_.at(group_, panel_.channel + c, tap) + ic * strides_.in;
          for (int64_t i = 0; i < width; ++i) line_->values[n][i] = static_cast<double>(from[i * strides_.out]);
          std::fill(line_->values[n] + width, line_->values[n] + kWidth, 0.0);
        }
      }
    }
  }

  const Parameters& params_;
  const ToomAxes& axes_;
  const WeightStrides& strides_;
  const int64_t group_;
  const Panel& panel_;
  float* const packed_;  // of the panel
  Line lines_[2];
  Line *line_ = &lines_[0], *next_ = &lines_[1];
};

}  // namespace

void transform_weights(const Parameters& p, const ToomAxes& axes, const std::vector<Panel>& panels, float* packed) {
  constexpr int64_t kPieceChannels = 16;
  const WeightStrides strides(p);
  const int64_t inputs = p.in_channels_per_group(), rows = axes.products() * inputs, count = static_cast<int64_t>(panels.size());
  const int64_t pieces = ceil_div(inputs, kPieceChannels);
  parallel_run(packing_threads(p), p.groups * count * pieces, [&](int, int64_t index) {
    const int64_t group = index / pieces / count, begin = index % pieces * kPieceChannels;
    const Panel& panel = panels[index / pieces % count];
    WeightsTask task(p, axes, strides, group, panel, packed + group * packed_group(panels, rows) + packed_panel(panel, rows));
    task.run(begin, std::min(inputs, begin + kPieceChannels));
  });
}

}  // namespace deconv
