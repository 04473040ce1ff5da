// SPDX-License-Identifier: Apache-2.0
// One task of a pixel_gemm run: the outputs of a box of positions, of one group and some blocks of output channels.
#pragma once

#include "highway/pixel_gemm/plan.h"

namespace deconv {

class PixelGemmTask {
 public:
  PixelGemmTask(const PixelGemmPlan& plan, const RunArguments& args, char* workspace, int64_t group, const PixelGemmPlan::Box& box);

  // `next`: the task that this worker will probably run next, whose first inputs are fetched meanwhile; this one again if there is none.
  struct Next {
    int64_t group;
    PixelGemmPlan::Box box;
  };
  void run(int64_t block_begin, int64_t block_end, const Next& next);

 private:
  // Cells of an axis: inputs [begin, begin + count) after `left` zeros. Zeros past the last input are the next row's first ones.
  struct Window {
    int64_t low;           // the input (or what would be one) of the first cell
    int64_t begin, count;  // inputs
    int64_t left;
    int64_t pitch;
  };
  Window window(int a) const;
  PixelPrefetch src_lines(int64_t group, const PixelGemmPlan::Box& box, int64_t begin, int64_t end) const;
  PixelPrefetch dst_lines(const PixelBlock& block) const;
  int64_t cell(int64_t image, const Axes& j) const;

  void pack(int64_t begin, int64_t end);
  void multiply(const PixelBlock& block, int64_t begin, int64_t end);
  void sum_in_place(const PixelBlock& block, const PixelChunk& chunk, PixelFinishArgs* rest, PixelGemmArgs* gemm) const;
  void multiply_chunk(const PixelChunk& chunk, PixelGemmArgs gemm);
  void multiply_inputs(const PixelChunk& chunk, const PixelGemmArgs& gemm);
  void fill_idle(const PixelBlock& block);
  void find_idle_outputs(const PixelBlock& block, int64_t pair);
  // Whole rows of outputs of one value, which need no sums.
  bool skips_pair(int64_t pair) const {
    return params_.dst_layout == DECONV_CHANNELS_FIRST && args_.residual == nullptr && op_.schedule().is_idle(pair);
  }

  void finish(const PixelBlock& block);
  void finish_row(const PixelBlock& block, int64_t pair, int64_t image, int64_t out_row);
  void finish_idle_row(const PixelBlock& block, int64_t dst) const;
  PixelFinishArgs finish_args(const PixelBlock& block, int64_t row, int64_t rows, int64_t j, int64_t dst) const;
  void finish_phases(const PixelBlock& block, int64_t row, int64_t channels, int64_t dst);
  int64_t out_begin(int a) const;
  int64_t out_end(int a) const;

  const PixelGemmPlan& plan_;
  const PixelGemmOperator& op_;
  const Parameters& params_;
  const RunArguments& args_;
  int64_t group_;
  PixelGemmPlan::Box box_;
  Window window_[3];
  int64_t* steps_;
  float *packed_, *sums_;
  const float* src_;  // cell 0 of the first channel
  int64_t plane_;     // floats between channels
  int64_t first_cell_, positions_;
  PixelPrefetch prefetch_{}, next_src_{};
  float idle_outputs_[kBlockRows];   // of each channel of the block, where no tap reaches
  const float* row_sums_ = nullptr;  // sums of the row that is being finished, at its first position
};

}  // namespace deconv
