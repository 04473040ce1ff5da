// SPDX-License-Identifier: Apache-2.0
// What phase_gemm keeps of a layer: packed weights and padded per-channel vectors.
#pragma once

#include <vector>

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/tile/panels.h"
#include "highway/tile/tile_kernels.h"
#include "highway/phase_gemm/phase_taps.h"

namespace deconv {

class PhaseGemmOperator final : public Operator {
 public:
  PhaseGemmOperator(const Parameters& params, int64_t targets);

  std::string isa() const override { return isa_; }
  std::string algorithm() const override { return "phase_gemm"; }
  std::string description() const override;
  int64_t packed_bytes() const override;
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Parameters& params() const { return params_; }
  const TileKernels& kernels() const { return kernels_; }
  const std::vector<Panel>& panels() const { return panels_; }
  const PhaseTaps& taps() const { return taps_; }
  // Tiles of one row where weights are not finite: then nothing is multiplied by the zeros that stand for pixels outside src, and
  // an infinite weight reaches exactly the outputs that its tap reaches.
  int tile_rows() const { return finite_weights_ ? kernels_.rows : 1; }

  // [group][panel][phase][tap][input channel][panel lanes]
  const float* panel_weights(int64_t group, const Panel& panel) const {
    return weights_.data() + (group * lanes_ + panel.lane) * taps_.tap_count() * params_.in_channels_per_group();
  }
  // Entry of a padded per-channel vector, or null where the layer has none.
  const float* scale(int64_t group, const Panel& panel) const { return entry(scale_, group, panel); }
  const float* bias(int64_t group, const Panel& panel) const { return entry(bias_, group, panel); }
  const float* slopes(int64_t group, const Panel& panel) const { return entry(slopes_, group, panel); }
  // A pixel of zeros, for taps that fall outside src.
  const float* zero_pixel() const { return zeros_.data(); }

 private:
  const float* entry(const AlignedBuffer<float>& vector, int64_t group, const Panel& panel) const {
    return vector.size() == 0 ? nullptr : vector.data() + group * lanes_ + panel.lane;
  }
  AlignedBuffer<float> pad(const float* values, bool present) const;
  bool pack_panel(int64_t group, const Panel& panel);

  Parameters params_;
  const TileKernels& kernels_;
  std::string isa_;
  std::vector<Panel> panels_;  // of one group; all groups are alike
  PhaseTaps taps_;
  int64_t lanes_;  // padded output channels of a group
  AlignedBuffer<float> weights_, scale_, bias_, slopes_, zeros_;
  bool finite_weights_ = true;
};

}  // namespace deconv
