// SPDX-License-Identifier: Apache-2.0
#include "highway/depthwise/depthwise.h"

#include "core/checked.h"
#include "core/immortal.h"
#include "highway/cost_model.h"
#include "highway/depthwise/operator.h"

namespace deconv {
namespace {

class Depthwise final : public Algorithm {
 public:
  const char* name() const override { return "depthwise"; }
  Support check(const Parameters& p) const override {
    if (p.groups != p.in_channels) return Support::no("needs groups of one input channel");
    // A plan lists where taps begin and end on each axis: 1 Mi entries are 48 MiB, and no layer needs a thousand.
    constexpr int64_t kMostRuns = 1 << 20;
    for (int a = 0; a < 3; ++a) {
      const int64_t runs = saturating_add(saturating_mul(2, p.kernel[a]), p.stride[a]);
      if (runs > kMostRuns) return Support::no("outputs change their taps " + std::to_string(runs) + " times on an axis, more than 1 Mi");
    }
    return Support::yes("runs layers with one input channel in each group");
  }
  double cost(const Parameters& params, int lanes) const override { return depthwise_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<DepthwiseOperator>(params, targets);
  }
};

}  // namespace

const Algorithm& depthwise() {
  static const Immortal<const Depthwise> algorithm;
  return *algorithm;
}

}  // namespace deconv
