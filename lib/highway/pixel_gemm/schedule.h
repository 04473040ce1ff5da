// SPDX-License-Identifier: Apache-2.0
// Which rows of the GEMM are multiplied with which steps. A row is a phase and an output channel; a step is a shift of every axis:
// position j of phase r reads src[j - shift] with the tap t for which t*D = r + shift*S. Independent of extents.
#pragma once

#include <cstdint>
#include <vector>

#include "core/parameters.h"

namespace deconv {

// Rows of a block, at most: 96 rows of 512 positions are 192 KiB of sums.
constexpr int64_t kBlockRows = 96;

// Residues of an axis that share shifts: each of the residues has a tap at each of the shifts.
struct AxisGroup {
  std::vector<int64_t> residues, shifts;
};

// kByShift: shifts that reach the same residues. Many rows share a load of src, but a residue may be in several groups.
// kByResidue: residues that the same shifts reach. Each residue is in one group, so its sums are complete after one pass.
enum class Grouping { kByShift, kByResidue };
std::vector<AxisGroup> axis_groups(int64_t kernel, int64_t stride, int64_t dilation, Grouping grouping);

// At most kernels' rows of a block that share steps.
struct PixelChunk {
  int rows;
  bool fresh;         // the rows' first chunk: sums start from the bias
  int64_t first_row;  // in Schedule::rows
  int64_t step_begin, step_count;
  int64_t products_before;  // rows x steps of the block's earlier chunks
};

// Rows whose sums are held at the same time: some output channels of all outer phases, or of one where there are many.
struct PixelBlock {
  int64_t pair_begin, pair_end;  // outer phases, (residue d)*(stride h) + (residue h)
  int64_t channel_begin, channel_end;
  int64_t first_row;  // number of its first row over all blocks
  int64_t chunk_begin, chunk_end;
  int64_t idle_begin, idle_end;  // rows that no tap reaches, in Schedule::rows
  int64_t products;              // rows x steps, all chunks
  int64_t products_before;       // of earlier blocks

  int64_t channels() const { return channel_end - channel_begin; }
};

class Schedule {
 public:
  // `most_rows`: of a chunk.
  Schedule(const Parameters& params, int most_rows);

  const std::vector<Axes>& steps() const { return steps_; }
  const std::vector<int32_t>& rows() const { return rows_; }  // numbers within the block
  const std::vector<PixelChunk>& chunks() const { return chunks_; }
  const std::vector<PixelBlock>& blocks() const { return blocks_; }
  int64_t products() const { return products_; }
  // Estimate for a vector of positions, first block only.
  double cycles() const { return cycles_; }
  int64_t most_block_rows() const { return most_block_rows_; }
  int64_t block_rows(const PixelBlock& block) const { return (block.pair_end - block.pair_begin) * block.channels() * stride_[2]; }

  // Rows that finishing interleaves stand next to each other: channels first, the phases of an output row; channels last, its channels too.
  int64_t row(const PixelBlock& block, int64_t pair, int64_t residue, int64_t channel) const {
    const int64_t phase = pair - block.pair_begin, channels = block.channels();
    return channels_last_ ? (phase * stride_[2] + residue) * channels + channel : (phase * channels + channel) * stride_[2] + residue;
  }

  // No tap reaches any of the pair's phases.
  bool is_idle(int64_t pair) const { return idle_pairs_[pair]; }

  struct Row {
    Axes residue;
    int64_t channel;  // within the group
  };
  Row row_at(const PixelBlock& block, int64_t row) const;

 private:
  using Groups = std::vector<AxisGroup>[3];
  void choose_groups(const Parameters& params, int most_rows, Groups* groups);
  void cut_blocks(int64_t channels);
  void fill_block(const Groups& groups, int most_rows, PixelBlock* block);
  void add_chunks(const std::vector<int32_t>& rows, bool fresh, int64_t step_begin, int64_t step_count, int most_rows, PixelBlock* block);

  Axes stride_;
  bool channels_last_;
  std::vector<Axes> steps_;
  std::vector<int32_t> rows_;
  std::vector<PixelChunk> chunks_;
  std::vector<PixelBlock> blocks_;
  std::vector<bool> idle_pairs_;
  int64_t products_ = 0, most_block_rows_ = 0;
  double cycles_ = 0;
};

}  // namespace deconv
