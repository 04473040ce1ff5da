// SPDX-License-Identifier: Apache-2.0
// What pixel_gemm keeps of a layer.
#pragma once

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/pixel_gemm/pixel_kernels.h"
#include "highway/pixel_gemm/schedule.h"

namespace deconv {

// Input channels that are multiplied before the next ones are packed. 64 channels of 1536 cells are 384 KiB; a row's sums are then loaded
// and stored once for 64 multiply-adds at least. Fixed, because the order of an output's sum must not depend on the shape.
constexpr int64_t kPixelChannels = 64;

class ColumnWeights;
struct WeightStrides;

class PixelGemmOperator final : public Operator {
 public:
  PixelGemmOperator(const Parameters& params, int64_t targets);
  ~PixelGemmOperator() override;

  std::string isa() const override { return isa_; }
  std::string algorithm() const override { return "pixel_gemm"; }
  std::string description() const override;
  int64_t packed_bytes() const override;
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters& params() const { return params_; }
  const PixelKernels& kernels() const { return kernels_; }
  const Schedule& schedule() const { return schedule_; }
  const Axes& most_shift() const { return most_shift_; }
  // Channels of each of the input channels' pieces but the last.
  int64_t piece() const { return piece_; }
  // A chunk's weights for input channels [begin, end) of a piece: [step][input channel][row].
  const float* weights(int64_t group, const PixelBlock& block, const PixelChunk& chunk, int64_t begin, int64_t end) const {
    const int64_t channels = params_.in_channels_per_group();
    return weights_.data() + (group * schedule_.products() + block.products_before) * channels + begin * block.products +
           chunk.products_before * (end - begin);
  }
  // The weights where plans are ColumnsPlans.
  const ColumnWeights& columns() const { return *columns_; }
  // Whether zero times any weight is zero.
  bool finite() const { return finite_; }
  // Per row of a block; null where absent. Where sums are scaled there is a bias too.
  const float* scale(int64_t group, const PixelBlock& block) const { return per_row(scale_, group, block); }
  const float* bias(int64_t group, const PixelBlock& block) const { return per_row(bias_, group, block); }
  const float* slopes(int64_t group, const PixelBlock& block) const { return per_row(slopes_, group, block); }

 private:
  int64_t all_rows() const { return params_.stride[0] * params_.stride[1] * params_.stride[2] * params_.out_channels_per_group(); }
  const float* per_row(const AlignedBuffer<float>& vector, int64_t group, const PixelBlock& block) const {
    return vector.size() == 0 ? nullptr : vector.data() + group * all_rows() + block.first_row;
  }
  AlignedBuffer<float> spread(const float* values, bool present) const;
  void pack(const Parameters& given);
  void pack_chunk(const WeightStrides& strides, int64_t group, const PixelBlock& block, const PixelChunk& chunk);

  Parameters params_;
  const PixelKernels& kernels_;
  std::string isa_;
  Schedule schedule_;
  Axes most_shift_;
  int64_t piece_;
  bool finite_;
  std::unique_ptr<ColumnWeights> columns_;  // or weights_
  AlignedBuffer<float> weights_;
  AlignedBuffer<float> scale_, bias_, slopes_;  // [group][block][row]
};

}  // namespace deconv
