// SPDX-License-Identifier: Apache-2.0
// One task of a pixel_gemm run: the outputs of a box of positions, of one group and some blocks of output channels.
#pragma once

#include "highway/pixel_gemm/plan.h"

namespace deconv {

class PixelGemmTask {
 public:
  // `parts`: this task's, and those of the two tasks that this worker will probably run next: packed and fetched meanwhile.
  PixelGemmTask(const PixelGemmPlan& plan, const RunArguments& args, char* workspace, const PixelGemmPlan::Part* parts);

  void run(int64_t block_begin, int64_t block_end);

 private:
  // Cells of an axis: inputs [begin, begin + count) after `left` zeros. Zeros past the last input are the next row's first ones.
  struct Window {
    int64_t low;           // the input (or what would be one) of the first cell
    int64_t begin, count;  // inputs
    int64_t left;
    int64_t pitch;
  };
  Window window(const PixelGemmPlan::Box& box, int a) const;
  // Input channels [begin, end) of a part. The number counts pieces.
  struct Source {
    int64_t number, group;
    const PixelGemmPlan::Box* box;
    int64_t begin, end;
  };
  Source source(int64_t piece) const;
  void load(int64_t piece);
  void fetch(bool loaded, const PixelBlock* finished, bool last);
  void finish_copy();
  PixelPrefetch src_lines(const Source& source) const;
  PixelPrefetch dst_lines(const PixelBlock& block) const;
  int64_t cell(int64_t image, const Axes& j) const;

  void pack(int64_t begin, int64_t end);
  PixelCopy copy_of(const Source& source) const;
  void zero_outer(const PixelGemmPlan::Box& box, int64_t channels, float* plane) const;
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
  const PixelGemmPlan::Part* parts_;
  int64_t group_;
  PixelGemmPlan::Box box_;
  Window window_[3];
  PixelGemmPlan::Ready* ready_;
  int64_t* steps_;
  float *packed_, *sums_;
  float* buffers_[2];
  const float* src_;  // cell 0 of the first channel
  int64_t plane_;     // floats between channels
  int64_t first_cell_, positions_;
  float idle_outputs_[kBlockRows];  // of each channel of the block, where no tap reaches
  const bool streams_dst_;
  PixelPrefetch next_src_{}, dst_{}, nothing_{}, *fetching_ = &next_src_;
  PixelCopy copy_{};
  int64_t copied_ = -1;              // number of the source that is being copied
  const float* row_sums_ = nullptr;  // sums of the row that is being finished, at its first position
};

}  // namespace deconv
