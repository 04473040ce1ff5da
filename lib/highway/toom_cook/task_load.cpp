// SPDX-License-Identifier: Apache-2.0
// From src to the planes of transformed inputs: [point][patch][channel]. What lies outside of src is zero.
#include <algorithm>

#include "highway/toom_cook/blocking.h"
#include "highway/toom_cook/task.h"

namespace deconv {

void ToomCookTask::load() {
  for (int64_t patch = share_.begin; patch < share_.end;) {
    const Row row = row_at(patch);
    load_row(row);
    patch += row.count;
  }
}

void ToomCookTask::load_row(const Row& row) {
  const int64_t all = params_.in_channels_per_group(), piece = plan_.input_piece_;
  for (int64_t channel = 0; channel < all; channel += piece) {
    const int64_t channels = std::min(piece, all - channel);
    float* planes = planes_ + (row.begin - share_.begin) * plan_.pitch_ + channel;
    plan_.gathers_src_ ? load_gathered(row, channel, channels, planes) : load_direct(row, channel, channels, planes);
  }
}

void ToomCookTask::load_gathered(const Row& row, int64_t channel, int64_t channels, float* planes) {
  gather_row(row, channel, channels);
  const int64_t pitch = plan_.input_piece_, line = plan_.row_inputs(row.count) * pitch;
  ToomPasses passes = input_passes({axes_[1].window * line, line, axes_[2].spacing * pitch}, channels);
  for (int64_t patch = row.begin; patch < row.begin + row.count; ++patch, planes += plan_.pitch_) {
    passes.run(rows_ + (plan_.place(patch).first[2] - row.place.first[2]) * pitch, planes);
  }
}

// Channels-last src: a patch's inputs are read where they stand, or from a copy where some lie outside.
void ToomCookTask::load_direct(const Row& row, int64_t channel, int64_t channels, float* planes) {
  const Axes& extent = plan_.shape_.in;
  const int64_t pixel = params_.in_channels, line = extent[2] * pixel, pitch = plan_.input_piece_;
  const float* image = static_cast<const float*>(args_.src) + row.place.image * plan_.shape_.in_spatial() * pixel +
                       share_.group * params_.in_channels_per_group() + channel;
  ToomPasses inside = input_passes({axes_[0].spacing * extent[1] * line, axes_[1].spacing * line, axes_[2].spacing * pixel}, channels);
  ToomPasses copied = input_passes({axes_[1].window * axes_[2].window * pitch, axes_[2].window * pitch, pitch}, channels);
  for (int64_t patch = row.begin; patch < row.begin + row.count; ++patch, planes += plan_.pitch_) {
    const Place place = plan_.place(patch);
    if (inside_src(place)) {
      inside.run(image + (in(place, 0) * extent[1] + in(place, 1)) * line + in(place, 2) * pixel, planes);
    } else {
      copy_window(place, image, channels);
      copied.run(rows_, planes);
    }
  }
}

bool ToomCookTask::inside_src(const Place& place) const {
  bool inside = true;
  for (int a = 0; a < 3; ++a) {
    const int64_t first = in(place, a);
    inside = inside && first >= 0 && first + (axes_[a].window - 1) * axes_[a].spacing < plan_.shape_.in[a];
  }
  return inside;
}

// Axis by axis, innermost first; the last one writes the planes. `step`: between a window's inputs.
ToomPasses ToomCookTask::input_passes(const Axes& step, int64_t channels) const {
  const ToomBlock window{{axes_[0].window, axes_[1].window, axes_[2].window}, {step[0], step[1], step[2]}};
  const int64_t plane = plan_.plane_, planes[3] = {axes_[1].planes * axes_[2].planes * plane, axes_[2].planes * plane, plane};
  const int64_t half = axes_[0].window * std::max(axes_[1].window, axes_[1].planes) * axes_[2].planes * plan_.input_piece_;
  const int last = !axes_[0].trivial() ? 0 : !axes_[1].trivial() ? 1 : 2;
  ToomPasses passes(window, channels, axes_[2].outputs * step[2], input_steps_, half, plan_.input_piece_);
  for (int a = 2; a >= last; --a) {
    if (axes_[a].trivial()) continue;
    passes.axis(a, axes_[a].planes, a == last ? planes : nullptr);
    for (int k = 0; k < axes_[a].kind_count; ++k) {
      const ToomAxis::Kind& kind = axes_[a].kinds[k];
      passes.lines(op_.input_lines(kind.transform), kind.skip, kind.plane);
    }
  }
  return passes;
}

// Channels-first src: all inputs of a row of patches, [depth][row][column][channel].
void ToomCookTask::gather_row(const Row& row, int64_t channel, int64_t channels) {
  const Axes& extent = plan_.shape_.in;
  const int64_t spatial = plan_.shape_.in_spatial(), pitch = plan_.input_piece_, columns = plan_.row_inputs(row.count);
  const int64_t first = in(row.place, 2), begin = std::clamp<int64_t>(-first, 0, columns),
                end = std::clamp(extent[2] - first, begin, columns);
  const float* planes = static_cast<const float*>(args_.src) +
                        (row.place.image * params_.in_channels + share_.group * params_.in_channels_per_group() + channel) * spatial;
  PackPixelsArgs pack;
  pack.channel_stride = spatial;
  pack.pixels = end - begin;
  pack.channels = channels;
  pack.pitch = pitch;
  float* to = rows_;
  for (int64_t d = 0; d < axes_[0].window; ++d) {
    for (int64_t h = 0; h < axes_[1].window; ++h, to += columns * pitch) {
      const int64_t depth = in(row.place, 0) + d * axes_[0].spacing, line = in(row.place, 1) + h * axes_[1].spacing;
      const bool inside = depth >= 0 && depth < extent[0] && line >= 0 && line < extent[1] && begin < end;
      std::fill(to, to + (inside ? begin : columns) * pitch, 0.0f);
      if (!inside) continue;
      std::fill(to + end * pitch, to + columns * pitch, 0.0f);
      pack.src = planes + (depth * extent[1] + line) * extent[2] + first + begin;
      pack.dst = to + begin * pitch;
      op_.tiles().pack_pixels(pack);
    }
  }
}

void ToomCookTask::copy_window(const Place& place, const float* image, int64_t channels) {
  const Axes& extent = plan_.shape_.in;
  float* to = rows_;
  for (int64_t d = 0; d < axes_[0].window; ++d) {
    for (int64_t h = 0; h < axes_[1].window; ++h) {
      for (int64_t w = 0; w < axes_[2].window; ++w, to += plan_.input_piece_) {
        const int64_t x[3] = {in(place, 0) + d * axes_[0].spacing, in(place, 1) + h * axes_[1].spacing,
                              in(place, 2) + w * axes_[2].spacing};
        const bool inside = x[0] >= 0 && x[0] < extent[0] && x[1] >= 0 && x[1] < extent[1] && x[2] >= 0 && x[2] < extent[2];
        if (inside) {
          std::copy_n(image + ((x[0] * extent[1] + x[1]) * extent[2] + x[2]) * params_.in_channels, channels, to);
        } else {
          std::fill_n(to, channels, 0.0f);
        }
      }
    }
  }
}

}  // namespace deconv
