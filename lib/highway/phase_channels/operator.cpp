// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_channels/operator.h"

#include <utility>

#include "highway/phase_channels/fold.h"
#include "highway/phase_channels/plan.h"

namespace deconv {

PhaseChannelsOperator::PhaseChannelsOperator(const Parameters& params, std::unique_ptr<const Operator> folded)
    : in_channels_(params.in_channels),
      phases_(params.stride[2]),
      taps_(params.kernel[2] / params.stride[2]),
      row_(folded_channels(params)),
      folded_(std::move(folded)) {}

std::string PhaseChannelsOperator::description() const {
  return isa() + "/phase_channels: " + std::to_string(row_) + " channels by " + folded_->description();
}

std::unique_ptr<Plan> PhaseChannelsOperator::plan(const Shape& shape) const { return std::make_unique<PhaseChannelsPlan>(*this, shape); }

}  // namespace deconv
