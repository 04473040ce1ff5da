// SPDX-License-Identifier: Apache-2.0
// What toom_cook keeps of a layer: transformed weights and padded per-channel vectors.
#pragma once

#include <string>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/tile/channel_vectors.h"
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
  const ChannelVectors& vectors() const { return vectors_; }

 private:
  int64_t phase_begin(const Axes& residue) const;

  Parameters params_;
  ToomAxes axes_;
  const TileKernels& tiles_;
  const ToomCookKernels& kernels_;
  std::string isa_;
  std::vector<Panel> panels_;  // of one group; all groups are alike
  AlignedBuffer<float> weights_;
  ChannelVectors vectors_;
};

}  // namespace deconv
