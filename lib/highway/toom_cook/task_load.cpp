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
    if (plan_.gathers_src_) gather_row(row, channel, channels);
    for (int64_t patch = row.begin; patch < row.begin + row.count; ++patch) {
      const Place place = plan_.place(patch);
      transform_inputs(plan_.gathers_src_ ? gathered_window(row, place) : window(place, channel, channels), patch, channel, channels);
    }
  }
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

ToomBlock ToomCookTask::gathered_window(const Row& row, const Place& place) const {
  const int64_t pitch = plan_.input_piece_, line = plan_.row_inputs(row.count) * pitch;
  return {rows_ + (place.first[2] - row.place.first[2]) * pitch,
          {axes_[0].window, axes_[1].window, axes_[2].window},
          {axes_[1].window * line, line, axes_[2].spacing * pitch}};
}

// Channels-last src: the patch's inputs where they stand, or a copy where some lie outside.
ToomBlock ToomCookTask::window(const Place& place, int64_t channel, int64_t channels) {
  const Axes& extent = plan_.shape_.in;
  const float* image = static_cast<const float*>(args_.src) + place.image * plan_.shape_.in_spatial() * params_.in_channels +
                       share_.group * params_.in_channels_per_group() + channel;
  ToomBlock block;
  bool inside = true;
  int64_t step = params_.in_channels, offset = 0;
  for (int a = 2; a >= 0; --a) {
    const int64_t first = in(place, a);
    inside = inside && first >= 0 && first + (axes_[a].window - 1) * axes_[a].spacing < extent[a];
    offset += first * step;
    block.extent[a] = axes_[a].window;
    block.step[a] = axes_[a].spacing * step;
    step *= extent[a];
  }
  if (inside) {
    block.first = image + offset;
    return block;
  }
  copy_window(place, image, channels);
  const int64_t pitch = plan_.input_piece_;
  block.first = rows_;
  block.step[2] = pitch;
  block.step[1] = axes_[2].window * pitch;
  block.step[0] = axes_[1].window * block.step[1];
  return block;
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

// Axis by axis, innermost first; the last one writes the planes.
void ToomCookTask::transform_inputs(const ToomBlock& window, int64_t patch, int64_t channel, int64_t channels) {
  const int64_t plane = plan_.plane_;
  const ToomTarget planes{planes_ + (patch - share_.begin) * plan_.pitch_ + channel,
                          {axes_[1].planes * axes_[2].planes * plane, axes_[2].planes * plane, plane}};
  const int last = !axes_[0].trivial() ? 0 : !axes_[1].trivial() ? 1 : 2;
  ToomBlock block = window;
  float *next = input_steps_,
        *other = input_steps_ + axes_[0].window * std::max(axes_[1].window, axes_[1].planes) * axes_[2].planes * plan_.input_piece_;
  for (int a = 2; a >= last; --a) {
    if (axes_[a].trivial()) continue;
    const ToomTarget target = a == last ? planes : dense_target(next, block, a, axes_[a].planes, plan_.input_piece_);
    block = transform_axis(op_.kernels(), block, a, op_.input_matrix(a), axes_[a].planes, target, channels);
    std::swap(next, other);
  }
}

}  // namespace deconv
