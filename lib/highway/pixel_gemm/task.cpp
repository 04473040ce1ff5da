// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/task.h"

#include <algorithm>

#include "core/aligned_buffer.h"
#include "core/division.h"
#include "highway/pixel_gemm/prefetch.h"

namespace deconv {

PixelGemmTask::PixelGemmTask(const PixelGemmPlan& plan, const RunArguments& args, char* workspace, const PixelGemmPlan::Part* parts)
    : plan_(plan),
      op_(plan.op_),
      params_(plan.op_.params()),
      args_(args),
      parts_(parts),
      group_(parts[0].group),
      box_(parts[0].box),
      window_{window(box_, 0), window(box_, 1), window(box_, 2)},
      ready_(reinterpret_cast<PixelGemmPlan::Ready*>(workspace)),
      steps_(reinterpret_cast<int64_t*>(workspace + plan.ready_bytes_)),
      packed_(reinterpret_cast<float*>(workspace + plan.ready_bytes_ + plan.steps_bytes_)),
      sums_(reinterpret_cast<float*>(workspace + plan.ready_bytes_ + plan.steps_bytes_ + plan.src_bytes_)),
      buffers_{packed_, packed_ + plan.src_bytes_ / sizeof(float) / 2},
      src_(packed_),
      plane_(plan.plane_),
      streams_dst_(plan.streams_dst_ && reinterpret_cast<uintptr_t>(args.dst) % kAlignment == 0) {
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

PixelGemmTask::Window PixelGemmTask::window(const PixelGemmPlan::Box& box, int a) const {
  const int64_t in = plan_.shape_.in[a];
  if (plan_.direct_) return {0, 0, in, 0, in};
  const int64_t low = box.begin[a] - op_.most_shift()[a], high = box.end[a];
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

void PixelGemmTask::run(int64_t block_begin, int64_t block_end) {
  const int64_t channels = params_.in_channels_per_group();
  if (plan_.whole_) load(0);
  for (int64_t i = block_begin; i < block_end; ++i) {
    const PixelBlock& block = op_.schedule().blocks()[i];
    fill_idle(block);
    for (int64_t begin = 0; begin < channels; begin += op_.piece()) {
      const int64_t end = std::min(channels, begin + op_.piece());
      if (!plan_.whole_) load(begin / op_.piece());
      const bool loaded = !plan_.whole_ || (i == block_begin && begin == 0);
      fetch(loaded, (plan_.whole_ ? begin == 0 : end == channels) ? &block : nullptr, i + 1 == block_end);
      multiply(block, begin, end);
      if (!plan_.whole_) finish_copy();
    }
    if (!plan_.in_place_) finish(block);
  }
  if (plan_.whole_) finish_copy();
  if (streams_dst_) op_.kernels().flush_streams();
}

// Chooses the lines that are fetched from here on. Those that are copied come first, then the block's outputs unless they go past the
// caches; inputs that are packed at once come last.
void PixelGemmTask::fetch(bool loaded, const PixelBlock* finished, bool last) {
  if (!loaded && finished == nullptr) return;
  const bool copies = copied_ >= 0;
  PixelPrefetch* const dst = finished == nullptr || streams_dst_ ? nullptr : &dst_;
  PixelPrefetch* const src = (copies ? loaded : last) ? &next_src_ : nullptr;
  if (dst != nullptr) dst_ = dst_lines(*finished);
  if (src != nullptr) src->then = copies ? dst : nullptr;
  if (dst != nullptr) dst->then = copies ? nullptr : src;
  fetching_ = dst == nullptr || (copies && loaded) ? src : dst;
  if (fetching_ == nullptr) fetching_ = &nothing_;
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
  gemm.prefetch = &fetching_;
  gemm.copy = &copy_;
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
