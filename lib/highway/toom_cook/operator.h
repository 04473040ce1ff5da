// SPDX-License-Identifier: Apache-2.0
// What toom_cook keeps of a layer: transformed weights and padded per-channel vectors.
#pragma once

#include <string>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/tile/panels.h"
#include "highway/tile/tile_kernels.h"
#include "highway/toom_cook/axes.h"
#include "highway/toom_cook/toom_cook_kernels.h"

namespace deconv {

class ToomCookOperator final : public Operator {
 public:
  ToomCookOperator(const Parameters& params, int64_t targets);
  // With these F(m, r), whatever they cost.
  ToomCookOperator(const Parameters& params, const ToomAxes& axes, int64_t targets);

  std::string isa() const override { return isa_; }
  std::string algorithm() const override { return "toom_cook"; }
  std::string description() const override;
  int64_t packed_bytes() const override;
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters& params() const { return params_; }
  const ToomAxes& axes() const { return axes_; }
  const TileKernels& tiles() const { return tiles_; }
  const ToomCookKernels& kernels() const { return kernels_; }
  const std::vector<Panel>& panels() const { return panels_; }
  int tile_rows() const { return tiles_.most_rows(panels_.front().vectors); }
  int64_t panel_lanes(const Panel& panel) const { return static_cast<int64_t>(panel.vectors) * tiles_.lanes; }
  int64_t widest_lanes() const { return panel_lanes(panels_.front()); }
  // Of the phase with these residues: its first product, [group][panel][phase][point][input channel][panel pitch].
  const float* phase_weights(int64_t group, const Panel& panel, const Axes& residue) const;
  ToomLines input_lines(const ToomTransform& t) const { return kernels_.input[t.outputs - 1][t.taps - 1]; }
  ToomLines output_lines(const ToomTransform& t) const { return kernels_.output[t.outputs - 1][t.taps - 1]; }
  const float* scale(int64_t group, const Panel& panel) const { return entry(scale_, group, panel); }
  const float* bias(int64_t group, const Panel& panel) const { return entry(bias_, group, panel); }
  const float* slopes(int64_t group, const Panel& panel) const { return entry(slopes_, group, panel); }

 private:
  const float* entry(const AlignedBuffer<float>& vector, int64_t group, const Panel& panel) const {
    return vector.size() == 0 ? nullptr : vector.data() + group * lanes_ + panel.lane;
  }
  AlignedBuffer<float> pad(const float* values, bool present) const;
  int64_t phase_begin(const Axes& residue) const;

  Parameters params_;
  ToomAxes axes_;
  const TileKernels& tiles_;
  const ToomCookKernels& kernels_;
  std::string isa_;
  std::vector<Panel> panels_;  // of one group; all groups are alike
  int64_t lanes_;              // padded output channels of a group
  AlignedBuffer<float> weights_, scale_, bias_, slopes_;
};

}  // namespace deconv
