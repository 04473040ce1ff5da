// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/columns_task.h"

#include <algorithm>

#include "highway/pixel_gemm/prefetch.h"

namespace deconv {

ColumnsTask::ColumnsTask(const ColumnsPlan& plan, const RunArguments& args, char* workspace, const ColumnsPlan::Box& box)
    : plan_(plan),
      op_(plan.op_),
      params_(plan.op_.params()),
      args_(args),
      box_(box),
      in_(inputs(box)),
      packed_(reinterpret_cast<float*>(workspace)),
      columns_(reinterpret_cast<float*>(workspace + plan.src_bytes_) + plan.margin_),
      sums_(reinterpret_cast<float*>(workspace + plan.src_bytes_ + plan.columns_bytes_)) {}

ColumnsTask::Inputs ColumnsTask::inputs(const ColumnsPlan::Box& box) const {
  Inputs in;
  for (int i = 0; i < 2; ++i) {
    in.begin[i] = std::max<int64_t>(0, box.begin[i] - op_.most_shift()[i + 1]);
    in.end[i] = std::max(in.begin[i], std::min(plan_.shape_.in[i + 1], box.end[i]));
  }
  return in;
}

void ColumnsTask::run(const ColumnsPlan::Box& next) {
  const Inputs after = inputs(next);
  next_ = src_lines(next, after.begin[0], std::min(after.end[0], after.begin[0] + plan_.slab_rows_), 0, op_.piece());
  int64_t j = box_.begin[0];
  if (in_.extent(1) > 0) {
    for (int64_t row = in_.begin[0]; row < in_.end[0]; row += plan_.slab_rows_) {
      const int64_t end = std::min(in_.end[0], row + plan_.slab_rows_);
      multiply(row, end);
      const int64_t complete = end == in_.end[0] ? box_.end[0] : std::max(j, end);
      finish_rows(j, complete);
      j = complete;
    }
  }
  finish_rows(j, box_.end[0]);
}

PixelPrefetch ColumnsTask::src_lines(const ColumnsPlan::Box& box, int64_t row_begin, int64_t row_end, int64_t begin, int64_t end) const {
  const Inputs in = inputs(box);
  const int64_t first = box.group * params_.in_channels_per_group(), last = std::min(end, params_.in_channels_per_group());
  return lines_of({static_cast<const float*>(args_.src),
                   params_.src_layout,
                   params_.in_channels,
                   plan_.shape_.in,
                   box.image,
                   box.image + 1,
                   first + begin,
                   first + last,
                   {0, row_begin, in.begin[1]},
                   {1, std::max(row_begin + 1, row_end), std::max(in.begin[1] + 1, in.end[1])}});
}

void ColumnsTask::multiply(int64_t row_begin, int64_t row_end) {
  const int64_t channels = params_.in_channels_per_group();
  for (int64_t begin = 0; begin < channels; begin += op_.piece()) {
    const int64_t end = std::min(channels, begin + op_.piece());
    if (end < channels) {
      prefetch_ = src_lines(box_, row_begin, row_end, end, end + op_.piece());
    } else if (row_end < in_.end[0]) {
      prefetch_ = src_lines(box_, row_end, std::min(in_.end[0], row_end + plan_.slab_rows_), 0, op_.piece());
    } else {
      prefetch_ = next_;
    }
    multiply_piece(row_begin, row_end, begin, end);
  }
}

void ColumnsTask::multiply_piece(int64_t row_begin, int64_t row_end, int64_t begin, int64_t end) {
  const int64_t width = in_.extent(1), row = plan_.shape_.in[2], rows = row_end - row_begin;
  const int64_t channel = box_.image * params_.in_channels + box_.group * params_.in_channels_per_group() + begin;
  const float* src = static_cast<const float*>(args_.src) + channel * plan_.shape_.in_spatial() + row_begin * row + in_.begin[1];
  const int64_t at = ring_row(row_begin) * width;
  if (plan_.packs_) return multiply_copy(src, at, rows, width, begin, end);
  if (width == row) return multiply_run(src, at, rows * width, begin, end);
  for (int64_t i = 0; i < rows; ++i) multiply_run(src + i * row, at + i * width, width, begin, end);
}

// Where the last vector would leave the tensor, its inputs are copied.
void ColumnsTask::multiply_run(const float* src, int64_t at, int64_t positions, int64_t begin, int64_t end) {
  const int64_t plane = plan_.shape_.in_spatial(), lanes = op_.kernels().lanes, tail = positions % lanes;
  const float* tensor_end = static_cast<const float*>(args_.src) + plan_.shape_.batch * params_.in_channels * plane;
  const bool inside = tail == 0 || tensor_end - src >= (end - begin - 1) * plane + positions - tail + lanes;
  PixelGemmArgs gemm{};
  gemm.src = src;
  gemm.plane = plane;
  gemm.positions = inside ? positions : positions - tail;
  if (gemm.positions > 0) multiply_chunks(gemm, at, begin, end);
  if (!inside) multiply_copy(src + gemm.positions, at + gemm.positions, 1, tail, begin, end);
}

void ColumnsTask::multiply_copy(const float* src, int64_t at, int64_t rows, int64_t width, int64_t begin, int64_t end) {
  PixelPackArgs copy{};
  copy.src = src;
  copy.channel_stride = plan_.shape_.in_spatial();
  copy.row_stride = plan_.shape_.in[2];
  copy.pixel_stride = 1;
  copy.rows = copy.data_rows = rows;
  copy.channels = end - begin;
  copy.count = copy.width = width;
  copy.dst = packed_;
  copy.plane = plan_.plane_;
  op_.kernels().pack(copy);
  PixelGemmArgs gemm{};
  gemm.src = packed_;
  gemm.plane = plan_.plane_;
  gemm.positions = rows * width;
  multiply_chunks(gemm, at, begin, end);
}

void ColumnsTask::multiply_chunks(PixelGemmArgs gemm, int64_t at, int64_t begin, int64_t end) {
  static constexpr int64_t kNoShift = 0;
  const ColumnWeights& weights = op_.columns();
  gemm.channels = end - begin;
  gemm.steps = &kNoShift;
  gemm.step_count = 1;
  gemm.fresh = begin == 0;
  PixelPrefetch* fetching = &prefetch_;
  gemm.prefetch = &fetching;
  gemm.copy = &no_copy_;
  for (int64_t chunk = 0; chunk < weights.chunks(); ++chunk) {
    const int64_t first = weights.chunk_begin(chunk), rows = weights.chunk_begin(chunk + 1) - first;
    gemm.weights = weights.chunk(box_.group, chunk, begin, end);
    for (int64_t m = 0; m < rows; ++m) gemm.sums[m] = columns_ + (first + m) * plan_.pitch_ + at;
    op_.kernels().gemm[rows - 1](gemm);
  }
}

void ColumnsTask::finish_rows(int64_t j_begin, int64_t j_end) {
  const int64_t stride = params_.stride[1], pad = plan_.shape_.padding.begin[1];
  const int64_t begin = std::max<int64_t>(0, j_begin * stride - pad), end = std::min(plan_.shape_.out[1], j_end * stride - pad);
  for (int64_t h = begin; h < end; ++h) {
    for (int64_t channel = 0; channel < params_.out_channels_per_group(); ++channel) {
      finish_row((h + pad) / stride, (h + pad) % stride, channel);
    }
  }
}

void ColumnsTask::finish_row(int64_t j, int64_t residue, int64_t channel) {
  const PixelBlock& block = op_.schedule().blocks()[0];
  const int64_t row = op_.schedule().row(block, residue, 0, channel), stride = params_.stride[2], pad = plan_.shape_.padding.begin[2];
  const float *bias = op_.bias(box_.group, block), *scale = op_.scale(box_.group, block), *slopes = op_.slopes(box_.group, block);
  const float* terms[kMostPixelTerms];
  PixelAddArgs add{};
  add.terms = terms;
  add.first = box_.begin[1];
  add.count = box_.end[1] - box_.begin[1];
  add.input_begin = in_.begin[1];
  add.input_end = in_.end[1];
  add.bias = bias == nullptr || scale != nullptr ? 0.0f : bias[row];  // sums that are scaled get their bias afterwards
  for (int64_t phase = 0; phase < stride; ++phase) {
    int64_t shifts[kMostPixelTerms];
    add.term_count = 0;
    for (const AxisPhase::Tap& h : op_.columns().phase(1, residue).taps) {
      const int64_t input = j - h.shift;
      if (input < in_.begin[0] || input >= in_.end[0] || in_.extent(1) == 0) continue;
      for (const AxisPhase::Tap& w : op_.columns().phase(2, phase).taps) {
        const int64_t column = (h.tap * params_.kernel[2] + w.tap) * params_.out_channels_per_group() + channel;
        terms[add.term_count] = columns_ + column * plan_.pitch_ + ring_row(input) * in_.extent(1) + box_.begin[1] - w.shift - in_.begin[1];
        shifts[add.term_count++] = w.shift;
      }
    }
    add.shifts = shifts;
    add.sums = sums_ + phase * plan_.sums_pitch_;
    op_.kernels().add(add);
  }
  const int64_t origin = box_.begin[1] * stride - pad, first = std::max<int64_t>(0, origin);
  const int64_t h = residue + j * params_.stride[1] - plan_.shape_.padding.begin[1];
  const int64_t plane = box_.image * params_.out_channels + box_.group * params_.out_channels_per_group() + channel;
  const int64_t dst = (plane * plan_.shape_.out[1] + h) * plan_.shape_.out[2] + first;
  PixelFinishArgs finish{};
  finish.sums = sums_;
  finish.pitch = plan_.sums_pitch_;
  finish.rows = finish.step = stride;
  finish.count = add.count;
  finish.begin = first - origin;
  finish.end = std::min(plan_.shape_.out[2] - origin, add.count * stride);
  finish.dst = static_cast<float*>(args_.dst) + dst;
  finish.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + dst;
  finish.scale = scale == nullptr ? nullptr : scale + row;
  finish.bias = bias == nullptr ? nullptr : bias + row;
  finish.slopes = slopes == nullptr ? nullptr : slopes + row;
  finish.epilogue = &params_.epilogue;
  op_.kernels().finish(finish);
}

}  // namespace deconv
