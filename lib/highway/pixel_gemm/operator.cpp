// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/operator.h"

#include <algorithm>
#include <cmath>

#include "core/checked.h"
#include "core/division.h"
#include "core/parallel.h"
#include "highway/isa_kernels.h"
#include "highway/packing.h"
#include "highway/pixel_gemm/columns.h"
#include "highway/pixel_gemm/plan.h"

namespace deconv {
namespace {

// Counts instead of stopping at the first, so that the compiler makes vectors of it.
bool all_finite(const float* values, int64_t count) {
  int64_t others = 0;
  for (int64_t i = 0; i < count; ++i) others += !(std::fabs(values[i]) <= std::numeric_limits<float>::max());
  return others == 0;
}

Axes most_shifts(const Parameters& p) {
  Axes shift;
  for (int a = 0; a < 3; ++a) shift[a] = p.dilation[a] * (p.kernel[a] - 1) / p.stride[a];
  return shift;
}

// Whole cache lines of channels-last src. The order of an output's sum is piece, step, channel: of a single step it is the channels'
// however they are cut, and sums are loaded and stored less often.
int64_t even_piece(const Parameters& p) {
  constexpr int64_t kLine = 16, kPointwiseChannels = 256;
  const int64_t channels = p.in_channels_per_group(), most = p.taps() == 1 ? kPointwiseChannels : kPixelChannels;
  return std::min(channels, ceil_div(ceil_div(channels, ceil_div(channels, most)), kLine) * kLine);
}

}  // namespace

PixelGemmOperator::PixelGemmOperator(const Parameters& params, int64_t targets)
    : params_(params),
      kernels_(pixel_kernels(targets)),
      isa_(best_target_name(targets)),
      schedule_(params, kernels_.rows),
      most_shift_(most_shifts(params)),
      piece_(even_piece(params)),
      finite_(all_finite(static_cast<const float*>(params.weights), params.weights_count())),
      columns_(prefers_columns(params, schedule_) ? std::make_unique<ColumnWeights>(params, piece_, kernels_.rows) : nullptr),
      weights_(columns_ != nullptr ? 0 : static_cast<size_t>(params.weights_count())),
      scale_(spread(params.scale, params.epilogue.has_scale)),
      bias_(spread(params.bias, params.epilogue.has_bias || params.epilogue.has_scale)),
      slopes_(spread(params.prelu_slopes, params.epilogue.activation == DECONV_ACTIVATION_PRELU)) {
  if (columns_ == nullptr) pack(params);
  params_.weights = nullptr;
  params_.bias = params_.scale = params_.prelu_slopes = nullptr;
}

PixelGemmOperator::~PixelGemmOperator() = default;

// One value for each row instead of each channel.
AlignedBuffer<float> PixelGemmOperator::spread(const float* values, bool present) const {
  AlignedBuffer<float> rows(present ? static_cast<size_t>(checked_mul(params_.groups, all_rows(), "the rows of all groups")) : 0);
  if (!present) return rows;
  for (int64_t group = 0; group < params_.groups; ++group) {
    const float* channels = values == nullptr ? nullptr : values + group * params_.out_channels_per_group();
    for (const PixelBlock& block : schedule_.blocks()) {
      float* first = rows.data() + group * all_rows() + block.first_row;
      for (int64_t row = 0; row < schedule_.block_rows(block); ++row) {
        first[row] = channels == nullptr ? 0.0f : channels[schedule_.row_at(block, row).channel];
      }
    }
  }
  return rows;
}

void PixelGemmOperator::pack(const Parameters& given) {
  const auto blocks = static_cast<int64_t>(schedule_.blocks().size());
  const WeightStrides strides(given);
  parallel_run(packing_threads(given), given.groups * blocks, [&](int, int64_t i) {
    const PixelBlock& block = schedule_.blocks()[i % blocks];
    for (int64_t chunk = block.chunk_begin; chunk < block.chunk_end; ++chunk) {
      pack_chunk(strides, i / blocks, block, schedule_.chunks()[chunk]);
    }
  });
}

void PixelGemmOperator::pack_chunk(const WeightStrides& strides, int64_t group, const PixelBlock& block, const PixelChunk& chunk) {
  const int64_t channels = params_.in_channels_per_group();
  for (int64_t step = 0; step < chunk.step_count; ++step) {
    const Axes& shift = schedule_.steps()[chunk.step_begin + step];
    for (int m = 0; m < chunk.rows; ++m) {
      const Schedule::Row row = schedule_.row_at(block, schedule_.rows()[chunk.first_row + m]);
      Axes tap;
      for (int a = 0; a < 3; ++a) tap[a] = (row.residue[a] + shift[a] * params_.stride[a]) / params_.dilation[a];
      const float* weight = strides.at(group, row.channel, (tap[0] * params_.kernel[1] + tap[1]) * params_.kernel[2] + tap[2]);
      for (int64_t begin = 0; begin < channels; begin += piece_) {
        const int64_t end = std::min(channels, begin + piece_);
        float* packed =
            weights_.data() + (weights(group, block, chunk, begin, end) - weights_.data()) + step * (end - begin) * chunk.rows + m;
        for (int64_t ic = begin; ic < end; ++ic, packed += chunk.rows) *packed = weight[ic * strides.in];
      }
    }
  }
}

std::string PixelGemmOperator::description() const { return isa_ + "/pixel_gemm: lanes over pixels, all phases of a pixel at once"; }

int64_t PixelGemmOperator::packed_bytes() const {
  const int64_t columns = columns_ == nullptr ? 0 : columns_->bytes();
  return columns + static_cast<int64_t>(weights_.bytes() + scale_.bytes() + bias_.bytes() + slopes_.bytes());
}

std::unique_ptr<Plan> PixelGemmOperator::plan(const Shape& shape) const {
  if (columns_ != nullptr) return std::make_unique<ColumnsPlan>(*this, shape);
  return std::make_unique<PixelGemmPlan>(*this, shape);
}

}  // namespace deconv
