// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/task.h"

#include <algorithm>

#include "highway/pixel_gemm/prefetch.h"

namespace deconv {

PixelGemmTask::PixelGemmTask(const PixelGemmPlan& plan, const RunArguments& args, char* workspace, int64_t group,
                             const PixelGemmPlan::Box& box)
    : plan_(plan),
      op_(plan.op_),
      params_(plan.op_.params()),
      args_(args),
      group_(group),
      box_(box),
      window_{window(0), window(1), window(2)},
      steps_(reinterpret_cast<int64_t*>(workspace)),
      packed_(reinterpret_cast<float*>(workspace + plan.steps_bytes_)),
      sums_(reinterpret_cast<float*>(workspace + plan.steps_bytes_ + plan.src_bytes_)),
      src_(packed_),
      plane_(plan.plane_) {
  first_cell_ = cell(0, box_.begin);
  Axes last;
  for (int a = 0; a < 3; ++a) last[a] = box_.end[a] - 1;
  positions_ = cell(box_.image_end - box_.image_begin - 1, last) + 1 - first_cell_;
  for (size_t i = 0; i < op_.schedule().steps().size(); ++i) {
    const Axes& shift = op_.schedule().steps()[i];
    steps_[i] = -((shift[0] * window_[1].pitch + shift[1]) * window_[2].pitch + shift[2]);
  }
  row_sums_ = sums_;
  if (!plan_.direct_) return;
  plane_ = plan_.shape_.in_spatial();
  src_ =
      static_cast<const float*>(args_.src) + (box_.image_begin * params_.in_channels + group_ * params_.in_channels_per_group()) * plane_;
}

PixelGemmTask::Window PixelGemmTask::window(int a) const {
  const int64_t in = plan_.shape_.in[a];
  if (plan_.direct_) return {0, 0, in, 0, in};
  const int64_t low = box_.begin[a] - op_.most_shift()[a], high = box_.end[a];
  Window window;
  window.low = low;
  window.begin = std::max<int64_t>(0, low);
  window.count = std::max<int64_t>(0, std::min(in, high) - window.begin);
  window.left = std::max<int64_t>(0, -low);
  window.pitch = high - low - std::min(window.left, std::max<int64_t>(0, high - in));
  return window;
}

// Of a position: where its shift 0 reads.
int64_t PixelGemmTask::cell(int64_t image, const Axes& j) const {
  int64_t at = image;
  for (int a = 0; a < 3; ++a) at = at * window_[a].pitch + j[a] - window_[a].low;
  return at;
}

void PixelGemmTask::run(int64_t block_begin, int64_t block_end, const Next& next) {
  const int64_t channels = params_.in_channels_per_group();
  const int64_t resident = plan_.whole_ ? channels : op_.piece();
  if (plan_.whole_ && !plan_.direct_) pack(0, channels);
  next_src_ = src_lines(next.group, next.box, 0, resident);
  for (int64_t i = block_begin; i < block_end; ++i) {
    const PixelBlock& block = op_.schedule().blocks()[i];
    fill_idle(block);
    for (int64_t begin = 0; begin < channels; begin += op_.piece()) {
      const int64_t end = std::min(channels, begin + op_.piece());
      if (!plan_.whole_) pack(begin, end);
      if (plan_.whole_ ? begin == 0 : end == channels) {
        prefetch_ = dst_lines(block);
        prefetch_.then = i + 1 == block_end ? &next_src_ : nullptr;
      } else if (!plan_.whole_) {
        prefetch_ = src_lines(group_, box_, end, std::min(channels, end + resident));
      }
      multiply(block, begin, end);
    }
    if (!plan_.in_place_) finish(block);
  }
}

// Channels [begin, end) of the inputs that a box reads.
PixelPrefetch PixelGemmTask::src_lines(int64_t group, const PixelGemmPlan::Box& box, int64_t begin, int64_t end) const {
  const int64_t first = group * params_.in_channels_per_group();
  TensorPart part{static_cast<const float*>(args_.src),
                  params_.src_layout,
                  params_.in_channels,
                  plan_.shape_.in,
                  box.image_begin,
                  box.image_end,
                  first + begin,
                  first + end,
                  {},
                  {}};
  for (int a = 0; a < 3; ++a) {
    part.begin[a] = std::clamp<int64_t>(box.begin[a] - op_.most_shift()[a], 0, part.extents[a] - 1);
    part.end[a] = std::clamp<int64_t>(box.end[a], part.begin[a] + 1, part.extents[a]);
  }
  return lines_of(part);
}

// The block's outputs: a store that misses would wait for its line.
PixelPrefetch PixelGemmTask::dst_lines(const PixelBlock& block) const {
  const int64_t first = group_ * params_.out_channels_per_group();
  return lines_of({static_cast<const float*>(args_.dst),
                   params_.dst_layout,
                   params_.out_channels,
                   plan_.shape_.out,
                   box_.image_begin,
                   box_.image_end,
                   first + block.channel_begin,
                   first + block.channel_end,
                   {out_begin(0), out_begin(1), out_begin(2)},
                   {out_end(0), out_end(1), out_end(2)}});
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

// Without taps a row's sums are its bias.
void PixelGemmTask::fill_idle(const PixelBlock& block) {
  const float* bias = op_.scale(group_, block) == nullptr ? op_.bias(group_, block) : nullptr;
  for (int64_t i = block.idle_begin; i < block.idle_end; ++i) {
    const int64_t row = op_.schedule().rows()[i];
    if (skips_pair(block.pair_begin + row / (block.channels() * params_.stride[2]))) continue;
    std::fill_n(sums_ + row * plan_.pitch_, positions_, bias == nullptr ? 0.0f : bias[row]);
  }
  for (int64_t pair = block.pair_begin; pair < block.pair_end; ++pair) {
    if (skips_pair(pair)) return find_idle_outputs(block, pair);
  }
}

// What the outputs are that no tap reaches: one value for each channel, the same in all pairs.
void PixelGemmTask::find_idle_outputs(const PixelBlock& block, int64_t pair) {
  const float* bias = op_.scale(group_, block) == nullptr ? op_.bias(group_, block) : nullptr;
  float sums[kPixelTail];
  for (int64_t c = 0; c < block.channels(); ++c) {
    const int64_t row = op_.schedule().row(block, pair, 0, c);
    std::fill_n(sums, kPixelTail, bias == nullptr ? 0.0f : bias[row]);
    PixelFinishArgs finish = finish_args(block, row, 1, box_.begin[2], 0);
    finish.sums = sums;
    finish.count = finish.end = finish.step = 1;
    finish.dst = idle_outputs_ + c;
    op_.kernels().finish(finish);
  }
}

void PixelGemmTask::multiply(const PixelBlock& block, int64_t begin, int64_t end) {
  // Sums that are scaled get their bias afterwards.
  const float* bias = op_.scale(group_, block) == nullptr ? op_.bias(group_, block) : nullptr;
  PixelGemmArgs gemm{};
  gemm.plane = plane_;
  gemm.channels = end - begin;
  gemm.prefetch = &prefetch_;
  for (int64_t i = block.chunk_begin; i < block.chunk_end; ++i) {
    const PixelChunk& chunk = op_.schedule().chunks()[i];
    gemm.src = src_ + (plan_.whole_ ? begin * plane_ : 0) + first_cell_;
    gemm.steps = steps_ + chunk.step_begin;
    gemm.step_count = chunk.step_count;
    gemm.weights = op_.weights(group_, block, chunk, begin, end);
    gemm.fresh = chunk.fresh && begin == 0;
    for (int m = 0; m < chunk.rows; ++m) {
      const int64_t row = op_.schedule().rows()[chunk.first_row + m];
      gemm.sums[m] = sums_ + row * plan_.pitch_;
      gemm.first[m] = bias == nullptr ? 0.0f : bias[row];
    }
    gemm.positions = positions_;
    PixelFinishArgs rest;
    if (plan_.in_place_) sum_in_place(block, chunk, &rest, &gemm);
    multiply_chunk(chunk, gemm);
  }
}

void PixelGemmTask::multiply_chunk(const PixelChunk& chunk, PixelGemmArgs gemm) {
  if (!op_.finite()) return multiply_inputs(chunk, gemm);
  const auto kernel = op_.kernels().gemm[chunk.rows - 1];
  if (!plan_.direct_) return kernel(gemm);
  // The tensor may end where the last vector begins: its inputs are copied.
  const int64_t tail = positions_ % op_.kernels().lanes;
  gemm.positions = positions_ - tail;
  if (gemm.positions > 0) kernel(gemm);
  if (tail == 0) return;
  PixelPackArgs copy{};
  copy.src = gemm.src + gemm.positions;
  copy.channel_stride = plane_;
  copy.pixel_stride = copy.rows = copy.data_rows = 1;
  copy.channels = gemm.channels;
  copy.count = copy.width = tail;
  copy.dst = packed_;
  copy.plane = kPixelTail;
  op_.kernels().pack(copy);
  for (int m = 0; m < chunk.rows; ++m) gemm.sums[m] += gemm.positions;
  gemm.src = packed_;
  gemm.plane = kPixelTail;
  gemm.positions = tail;
  kernel(gemm);
}

// Zero times an infinite weight would be NaN where no input is: step by step, only inputs are multiplied.
void PixelGemmTask::multiply_inputs(const PixelChunk& chunk, const PixelGemmArgs& gemm) {
  const auto kernel = op_.kernels().gemm[chunk.rows - 1];
  for (int m = 0; gemm.fresh && m < chunk.rows; ++m) std::fill_n(gemm.sums[m], positions_, gemm.first[m]);
  PixelGemmArgs run = gemm;
  run.step_count = 1;
  run.fresh = false;
  for (int64_t s = 0; s < chunk.step_count; ++s) {
    const Axes& shift = op_.schedule().steps()[chunk.step_begin + s];
    Axes begin, end;
    for (int a = 0; a < 3; ++a) {
      begin[a] = std::max(box_.begin[a], shift[a]);
      end[a] = std::min(box_.end[a], plan_.shape_.in[a] + shift[a]);
    }
    run.positions = end[2] - begin[2];
    run.steps = gemm.steps + s;
    run.weights = gemm.weights + s * gemm.channels * chunk.rows;
    for (int64_t image = 0; run.positions > 0 && image < box_.image_end - box_.image_begin; ++image) {
      for (int64_t d = begin[0]; d < end[0]; ++d) {
        for (int64_t h = begin[1]; h < end[1]; ++h) {
          const int64_t at = cell(image, {d, h, begin[2]}) - first_cell_;
          run.src = gemm.src + at;
          for (int m = 0; m < chunk.rows; ++m) run.sums[m] = gemm.sums[m] + at;
          kernel(run);
        }
      }
    }
  }
}

}  // namespace deconv
