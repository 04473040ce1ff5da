// SPDX-License-Identifier: Apache-2.0
// How a task's sums become outputs.
#include <algorithm>

#include "core/division.h"
#include "highway/pixel_gemm/task.h"

namespace deconv {

// Outputs of an axis that the box holds.
int64_t PixelGemmTask::out_begin(int a) const {
  return std::max<int64_t>(0, box_.begin[a] * params_.stride[a] - plan_.shape_.padding.begin[a]);
}
int64_t PixelGemmTask::out_end(int a) const {
  return std::min(plan_.shape_.out[a], box_.end[a] * params_.stride[a] - plan_.shape_.padding.begin[a]);
}

void PixelGemmTask::finish(const PixelBlock& block) {
  const Axes &out = plan_.shape_.out, &pad = plan_.shape_.padding.begin, &stride = params_.stride;
  for (int64_t image = box_.image_begin; image < box_.image_end; ++image) {
    for (int64_t d = out_begin(0); d < out_end(0); ++d) {
      const int64_t first_pair = (d + pad[0]) % stride[0] * stride[1];
      if (first_pair >= block.pair_end || first_pair + stride[1] <= block.pair_begin) continue;
      for (int64_t h = out_begin(1); h < out_end(1); ++h) {
        const int64_t pair = first_pair + (h + pad[1]) % stride[1];
        if (pair < block.pair_begin || pair >= block.pair_end) continue;
        const Axes j{(d + pad[0]) / stride[0], (h + pad[1]) / stride[1], box_.begin[2]};
        row_sums_ = sums_ + cell(image - box_.image_begin, j) - first_cell_;
        finish_row(block, pair, image, (d * out[1] + h) * out[2]);
      }
    }
  }
}

// A row of outputs of all channels of the block.
void PixelGemmTask::finish_row(const PixelBlock& block, int64_t pair, int64_t image, int64_t out_row) {
  const int64_t channels = params_.out_channels, spatial = plan_.shape_.out_spatial(), stride = params_.stride[2];
  const int64_t channel = group_ * params_.out_channels_per_group() + block.channel_begin;
  if (skips_pair(pair)) return finish_idle_row(block, (image * channels + channel) * spatial + out_row);
  if (params_.dst_layout == DECONV_CHANNELS_FIRST) {
    for (int64_t c = 0; c < block.channels(); ++c) {
      finish_phases(block, op_.schedule().row(block, pair, 0, c), 1, (image * channels + channel + c) * spatial + out_row);
    }
    return;
  }
  const int64_t dst = (image * spatial + out_row) * channels + channel;
  if (block.channels() == channels) return finish_phases(block, op_.schedule().row(block, pair, 0, 0), channels, dst);
  // Other channels stand between the outputs' channels: a phase after the other.
  const int64_t pad = plan_.shape_.padding.begin[2];
  for (int64_t residue = 0; residue < stride; ++residue) {
    const int64_t begin = std::max(box_.begin[2], ceil_div(pad - residue, stride));
    const int64_t end = std::min(box_.end[2], floor_div(plan_.shape_.out[2] - 1 + pad - residue, stride) + 1);
    const int64_t row = op_.schedule().row(block, pair, residue, 0);
    if (begin >= end) continue;
    PixelFinishArgs finish = finish_args(block, row, block.channels(), begin, dst + (begin * stride + residue - pad) * channels);
    finish.count = end - begin;
    finish.step = stride * channels;
    op_.kernels().finish(finish);
  }
}

// 256->512 k1 s2 on 28x28: half of the rows, which took 0.35 of 2.7 ms when sums were filled and interleaved for them.
void PixelGemmTask::finish_idle_row(const PixelBlock& block, int64_t dst) const {
  const int64_t first = out_begin(2), count = out_end(2) - first;
  float* row = static_cast<float*>(args_.dst) + dst + first;
  for (int64_t c = 0; c < block.channels(); ++c, row += plan_.shape_.out_spatial()) std::fill_n(row, count, idle_outputs_[c]);
}

// All phases of a row of outputs, `channels` floats each, which follow each other in dst. At the row's ends only some phases of a position
// exist.
void PixelGemmTask::finish_phases(const PixelBlock& block, int64_t row, int64_t channels, int64_t dst) {
  const int64_t step = params_.stride[2] * channels, first = out_begin(2), last = out_end(2);
  const int64_t origin = box_.begin[2] * params_.stride[2] - plan_.shape_.padding.begin[2];  // of the first position's phase 0
  PixelFinishArgs finish = finish_args(block, row, step, box_.begin[2], dst + first * channels);
  finish.count = box_.end[2] - box_.begin[2];
  finish.begin = (first - origin) * channels;
  finish.end = (last - origin) * channels;
  finish.step = step;
  finish.stream = streams_dst_;
  op_.kernels().finish(finish);
}

// Rows of a pointwise layer are output channels.
void PixelGemmTask::sum_in_place(const PixelBlock& block, const PixelChunk& chunk, PixelFinishArgs* rest, PixelGemmArgs* gemm) const {
  const int64_t row = op_.schedule().rows()[chunk.first_row], spatial = plan_.shape_.out_spatial(), *extent = plan_.shape_.out.data();
  const int64_t channel = group_ * params_.out_channels_per_group() + block.channel_begin + row;
  const int64_t position = (box_.begin[0] * extent[1] + box_.begin[1]) * extent[2] + box_.begin[2];
  const int64_t dst = (box_.image_begin * params_.out_channels + channel) * spatial + position;
  for (int m = 0; m < chunk.rows; ++m) gemm->sums[m] = static_cast<float*>(args_.dst) + dst + m * spatial;
  *rest = finish_args(block, row, chunk.rows, box_.begin[2], dst);
  const bool plain = rest->scale == nullptr && params_.epilogue.activation == DECONV_ACTIVATION_NONE;
  gemm->finish = plain ? nullptr : rest;
}

// `rows` rows from position j on, to dst.
PixelFinishArgs PixelGemmTask::finish_args(const PixelBlock& block, int64_t row, int64_t rows, int64_t j, int64_t dst) const {
  const auto of_row = [row](const float* values) { return values == nullptr ? nullptr : values + row; };
  PixelFinishArgs finish{};
  finish.sums = row_sums_ + row * plan_.pitch_ + j - box_.begin[2];
  finish.pitch = plan_.pitch_;
  finish.rows = rows;
  finish.dst = static_cast<float*>(args_.dst) + dst;
  finish.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + dst;
  finish.scale = of_row(op_.scale(group_, block));
  finish.bias = of_row(op_.bias(group_, block));
  finish.slopes = of_row(op_.slopes(group_, block));
  finish.epilogue = &params_.epilogue;
  return finish;
}

}  // namespace deconv
