// SPDX-License-Identifier: Apache-2.0
// How a task's inputs get into planes of cells: copied while the ones before are multiplied, or packed at once.
#include <algorithm>

#include "core/division.h"
#include "highway/pixel_gemm/prefetch.h"
#include "highway/pixel_gemm/task.h"

namespace deconv {

// This task's pieces of input channels, then those of the next tasks.
PixelGemmTask::Source PixelGemmTask::source(int64_t piece) const {
  const int64_t channels = params_.in_channels_per_group(), resident = plan_.whole_ ? channels : op_.piece();
  const int64_t pieces = ceil_div(channels, resident), begin = piece % pieces * resident;
  const PixelGemmPlan::Part& part = parts_[piece / pieces];
  const int64_t number = part.number < 0 ? part.number : part.number * pieces + piece % pieces;
  return {number, part.group, &part.box, begin, std::min(channels, begin + resident)};
}

// What is multiplied now. The next inputs are copied meanwhile, where a worker guessed right and no other images stand between.
void PixelGemmTask::load(int64_t piece) {
  const Source now = source(piece), next = source(piece + 1);
  next_src_ = next.number == now.number ? PixelPrefetch{} : src_lines(next);
  copied_ = -1;
  if (plan_.direct_) return;
  src_ = packed_ = buffers_[ready_->buffer];
  if (ready_->number != now.number) pack(now.begin, now.end);
  ready_->number = now.number;
  // Where another thread took what was expected, the next guess is no better: copies in vain made cugan_2x_bottom 13 % slower on two
  // threads beside a busy core.
  const bool sure = ready_->expected < 0 || ready_->expected == now.number || next.box == &parts_[0].box;
  ready_->expected = next.number;
  if (!plan_.copies_ || !sure || next.number < 0 || next.number == now.number || next.box->image_end != next.box->image_begin + 1) return;
  copy_ = copy_of(next);
  if (copy_.left > 0) copied_ = next.number;
}

void PixelGemmTask::finish_copy() {
  if (copied_ < 0) return;
  op_.kernels().copy_rest(copy_);
  *ready_ = {copied_, 1 - ready_->buffer, copied_};
}

// Lines of src that the source reads.
PixelPrefetch PixelGemmTask::src_lines(const Source& source) const {
  if (source.number < 0) return {};
  const PixelGemmPlan::Box& box = *source.box;
  const int64_t first = source.group * params_.in_channels_per_group();
  TensorPart part{static_cast<const float*>(args_.src),
                  params_.src_layout,
                  params_.in_channels,
                  plan_.shape_.in,
                  box.image_begin,
                  box.image_end,
                  first + source.begin,
                  first + source.end,
                  {},
                  {}};
  for (int a = 0; a < 3; ++a) {
    part.begin[a] = std::clamp<int64_t>(box.begin[a] - op_.most_shift()[a], 0, part.extents[a] - 1);
    part.end[a] = std::clamp<int64_t>(box.end[a], part.begin[a] + 1, part.extents[a]);
  }
  return lines_of(part);
}

void PixelGemmTask::pack(int64_t begin, int64_t end) {
  const Axes& in = plan_.shape_.in;
  const bool last = params_.src_layout == DECONV_CHANNELS_LAST;
  const int64_t spatial = plan_.shape_.in_spatial(), pixel = last ? params_.in_channels : 1;
  const bool row_empty = window_[1].count == 0 || window_[2].count == 0;
  PixelPackArgs pack;
  pack.channel_stride = last ? 1 : spatial;
  pack.pixel_stride = pixel;
  pack.row_stride = in[2] * pixel;
  pack.channels = end - begin;
  pack.rows = window_[1].pitch;
  pack.left = window_[2].left;
  pack.count = window_[2].count;
  pack.width = window_[2].pitch;
  pack.plane = plane_;
  pack.dst = packed_;
  const int64_t first = group_ * params_.in_channels_per_group() + begin;
  for (int64_t image = box_.image_begin; image < box_.image_end; ++image) {
    const int64_t tensor = image * params_.in_channels * spatial + first * (last ? 1 : spatial);
    for (int64_t d = 0; d < window_[0].pitch; ++d) {
      const int64_t in_d = d - window_[0].left;
      const bool data = !row_empty && in_d >= 0 && in_d < window_[0].count;
      pack.top = window_[1].left;
      pack.data_rows = data ? window_[1].count : 0;
      const int64_t row = (window_[0].begin + (data ? in_d : 0)) * in[1] + window_[1].begin;
      pack.src = static_cast<const float*>(args_.src) + (data ? tensor + (row * in[2] + window_[2].begin) * pixel : 0);
      op_.kernels().pack(pack);
      pack.dst += window_[1].pitch * window_[2].pitch;
    }
  }
  // Zeros that would be the next image's first ones.
  pack.dst = packed_ + (box_.image_end - box_.image_begin) * window_[0].pitch * window_[1].pitch * window_[2].pitch;
  pack.width = packed_ + first_cell_ + positions_ - pack.dst;
  if (pack.width <= 0) return;
  pack.rows = 1;
  pack.data_rows = 0;
  op_.kernels().pack(pack);
}

// Nothing where the box has no inputs.
PixelCopy PixelGemmTask::copy_of(const Source& source) const {
  const Axes& in = plan_.shape_.in;
  const PixelGemmPlan::Box& box = *source.box;
  const Window window_d = window(box, 0), window_h = window(box, 1), window_w = window(box, 2);
  PixelCopy copy{};
  if (window_d.count == 0 || window_h.count == 0 || window_w.count == 0 || window_w.pitch - window_w.count > kPixelTail) return copy;
  const int64_t channel = box.image_begin * params_.in_channels + source.group * params_.in_channels_per_group() + source.begin;
  const int64_t input = ((channel * in[0] + window_d.begin) * in[1] + window_h.begin) * in[2] + window_w.begin;
  float* plane = buffers_[1 - ready_->buffer];
  copy.from = static_cast<const float*>(args_.src) + input;
  copy.to = plane + (window_d.left * window_h.pitch + window_h.left) * window_w.pitch + window_w.left;
  copy.wait = 1;
  copy.left = copy.floats = window_w.count;
  const int64_t from_stride[3] = {in[2], in[1] * in[2], plan_.shape_.in_spatial()};
  const int64_t to_stride[3] = {window_w.pitch, window_h.pitch * window_w.pitch, plane_};
  const int64_t count[3] = {window_h.count, window_d.count, source.end - source.begin};
  for (int level = 0; level < 3; ++level) {
    copy.from_start[level] = copy.from;
    copy.to_start[level] = copy.to;
    copy.from_stride[level] = from_stride[level];
    copy.to_stride[level] = to_stride[level];
    copy.count[level] = count[level];
  }
  zero_outer(box, source.end - source.begin, plane);
  return copy;
}

// Rows of cells without inputs, and what lies past the last row: what no run of inputs covers.
void PixelGemmTask::zero_outer(const PixelGemmPlan::Box& box, int64_t channels, float* plane) const {
  const Window d = window(box, 0), h = window(box, 1), w = window(box, 2);
  const int64_t slice = h.pitch * w.pitch, bottom = (h.left + h.count) * w.pitch;
  const int64_t last = ((box.end[0] - 1 - d.low) * h.pitch + box.end[1] - 1 - h.low) * w.pitch + box.end[2] - w.low;
  const int64_t end = std::max(last, d.pitch * slice), inputs_end = (d.left + d.count) * slice;
  for (int64_t channel = 0; channel < channels; ++channel, plane += plane_) {
    std::fill_n(plane, d.left * slice, 0.0f);
    for (int64_t at = d.left * slice; at < inputs_end; at += slice) {
      std::fill_n(plane + at, h.left * w.pitch + w.left, 0.0f);
      std::fill(plane + at + bottom, plane + at + slice, 0.0f);
    }
    std::fill(plane + inputs_end, plane + end, 0.0f);
  }
}

}  // namespace deconv
