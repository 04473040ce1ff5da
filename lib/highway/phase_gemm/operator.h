// SPDX-License-Identifier: Apache-2.0
// What phase_gemm keeps of a layer: packed weights and padded per-channel vectors.
#pragma once

#include <vector>

#include "core/aligned_buffer.h"
#include "core/backend.h"
#include "highway/phase_gemm/phase_taps.h"
#include "highway/tile/channel_vectors.h"
#include "highway/tile/panels.h"
#include "highway/tile/tile_kernels.h"

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
  // [group][panel][phase][tap][input channel][panel pitch]
  const float* panel_weights(int64_t group, const Panel& panel) const {
    const int64_t rows = taps_.tap_count() * params_.in_channels_per_group();
    return weights_.data() + group * packed_group(panels_, rows) + packed_panel(panel, rows);
  }
  void tile(const Panel& panel, int rows, const TileArgs& args) const { kernels_.gemm_tile(rows, panel.vectors, args); }
  int64_t packed_weights() const { return static_cast<int64_t>(weights_.size()); }
  // Panels are sorted: the first is the widest. Tiles are cut once for all of them.
  int tile_rows() const { return kernels_.most_rows(panels_.front().vectors); }
  int64_t widest_lanes() const { return static_cast<int64_t>(panels_.front().vectors) * kernels_.lanes; }
  const ChannelVectors& vectors() const { return vectors_; }

 private:
  void pack(const Parameters& given, int64_t targets);

  Parameters params_;
  const TileKernels& kernels_;
  std::string isa_;
  std::vector<Panel> panels_;  // of one group; all groups are alike
  PhaseTaps taps_;
  int64_t lanes_;  // padded output channels of a group
  AlignedBuffer<float> weights_;
  ChannelVectors vectors_;
};

}  // namespace deconv
