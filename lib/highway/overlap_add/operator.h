// SPDX-License-Identifier: Apache-2.0
// What overlap_add keeps of a layer.
#pragma once

#include <utility>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/overlap_add/overlap_add_kernels.h"
#include "highway/tile/panels.h"
#include "highway/tile/tile_kernels.h"

namespace deconv {

// The axes of overlap_add are slab, row, pixel: sums live in a ring of slabs. In two dimensions the slab is a row of the image, in three a
// depth plane, in one there is a single slab. Rank 2 has its height moved to axis 0, which leaves every address as it was.
class OverlapAddOperator final : public Operator {
 public:
  OverlapAddOperator(const Parameters& params, int64_t targets);

  std::string isa() const override { return isa_; }
  std::string algorithm() const override { return "overlap_add"; }
  std::string description() const override;
  int64_t packed_bytes() const override;
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters& params() const { return params_; }  // axes as above
  const TileKernels& tiles() const { return tiles_; }
  const OverlapAddKernels& kernels() const { return kernels_; }
  // Columns of one input pixel: [slab tap][row tap][pixel tap][output channel], padded to whole vectors.
  const std::vector<Panel>& panels() const { return panels_; }
  int64_t column_floats() const { return lanes_; }
  const float* panel_weights(int64_t group, const Panel& panel) const {
    const int64_t rows = params_.in_channels_per_group();
    return weights_.data() + group * packed_group(panels_, rows) + packed_panel(panel, rows);
  }
  const float* scale(int64_t group) const { return pattern(scale_, group); }
  const float* bias(int64_t group) const { return pattern(bias_, group); }
  const float* slopes(int64_t group) const { return pattern(slopes_, group); }

 private:
  const float* pattern(const AlignedBuffer<float>& vector, int64_t group) const {
    return vector.size() == 0 ? nullptr : vector.data() + group * params_.out_channels_per_group() * kernels_.lanes;
  }
  AlignedBuffer<float> repeat(const float* values, bool present) const;
  void pack(const Parameters& given, int64_t targets);

  Parameters params_;
  const TileKernels& tiles_;
  const OverlapAddKernels& kernels_;
  std::string isa_;
  std::vector<Panel> panels_;
  int64_t lanes_;
  AlignedBuffer<float> weights_;  // [group][panel][input channel][panel pitch]
  AlignedBuffer<float> scale_, bias_, slopes_;
};

// Moves the height of rank 2 to axis 0.
template <class T>
void slab_first(int rank, T* axes) {
  if (rank == 2) std::swap((*axes)[0], (*axes)[1]);
}

// Outputs of an axis between an input's first and last tap.
inline int64_t reach(const Parameters& params, int a) { return params.dilation[a] * (params.kernel[a] - 1); }

}  // namespace deconv
