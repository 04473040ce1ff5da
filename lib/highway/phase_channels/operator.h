// SPDX-License-Identifier: Apache-2.0
// What phase_channels keeps of a layer: the operator of the folded one.
#pragma once

#include <memory>

#include "core/backend.h"

namespace deconv {

class PhaseChannelsOperator final : public Operator {
 public:
  PhaseChannelsOperator(const Parameters& params, std::unique_ptr<const Operator> folded);

  std::string isa() const override { return folded_->isa(); }
  std::string algorithm() const override { return "phase_channels"; }
  std::string description() const override;
  int64_t packed_bytes() const override { return folded_->packed_bytes(); }
  std::unique_ptr<Plan> plan(const Shape& shape) const override;

  const Operator& folded() const { return *folded_; }
  int64_t in_channels() const { return in_channels_; }
  int64_t phases() const { return phases_; }
  // Taps of a phase.
  int64_t taps() const { return taps_; }
  // Floats of one position of all phases.
  int64_t row() const { return row_; }

 private:
  int64_t in_channels_, phases_, taps_, row_;
  std::unique_ptr<const Operator> folded_;
};

}  // namespace deconv
