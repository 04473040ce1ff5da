// SPDX-License-Identifier: Apache-2.0
// pixel_gemm where rows of the GEMM are taps instead of phases: src is multiplied where it stands, by all taps at once, and the columns are
// added where they meet while they are in cache. Nothing is packed and no border is multiplied; each sum costs one addition for each tap.
//   M = taps x output channels    N = input pixels    K = input channels
#pragma once

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "core/geometry.h"
#include "highway/pixel_gemm/operator.h"

namespace deconv {

// Whether a layer is better served so: channels first, two spatial axes, and fewer columns to add than inputs to pack.
bool prefers_columns(const Parameters& params, const Schedule& schedule);

// Packed weights: [group][piece of input channels][chunk of columns][input channel][column], columns numbered [tap h][tap w][channel].
class ColumnWeights {
 public:
  ColumnWeights(const Parameters& params, int64_t piece, int most_rows);

  int64_t columns() const { return columns_; }
  int64_t chunks() const { return chunks_; }
  int64_t chunk_begin(int64_t chunk) const { return columns_ * chunk / chunks_; }
  const float* chunk(int64_t group, int64_t chunk, int64_t begin, int64_t end) const {
    return weights_.data() + (group * channels_ + begin) * columns_ + chunk_begin(chunk) * (end - begin);
  }
  const AxisPhase& phase(int axis, int64_t residue) const { return phases_[axis - 1][residue]; }
  int64_t bytes() const { return static_cast<int64_t>(weights_.bytes()); }

 private:
  int64_t columns_, chunks_, channels_;
  std::vector<AxisPhase> phases_[2];  // of height and width
  AlignedBuffer<float> weights_;
};

class ColumnsPlan final : public Plan {
 public:
  ColumnsPlan(const PixelGemmOperator& op, const Shape& shape);

  size_t workspace_bytes() const override;
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  friend class ColumnsTask;

  // Positions of a task: j of height and width, o + pad = r + j*S.
  struct Box {
    int64_t group, image, begin[2], end[2];
  };
  Box box(int64_t index) const;
  int64_t task_count() const { return op_.params().groups * shape_.batch * pieces_[0] * pieces_[1]; }

  const PixelGemmOperator& op_;
  Shape shape_;
  int64_t first_[2], end_[2], extent_[2], pieces_[2];
  int64_t slab_rows_;   // rows of src that are multiplied at once
  int64_t ring_rows_;   // rows of columns that are held: a slab's, and slabs before it that later outputs need
  bool packs_;          // slabs of src are copied first, out of planes that share cache sets
  int64_t plane_;       // floats between channels of what is copied
  int64_t pitch_;       // floats between columns
  int64_t sums_pitch_;  // floats between phases of a finished row
  int64_t margin_;      // floats before the first column that masked lanes may read
  size_t src_bytes_, columns_bytes_, task_bytes_;
};

}  // namespace deconv
