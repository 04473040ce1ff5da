// SPDX-License-Identifier: Apache-2.0
#include "highway/overlap_add/overlap_add.h"

#include "core/checked.h"
#include "core/immortal.h"
#include "highway/cost_model.h"
#include "highway/overlap_add/operator.h"

namespace deconv {
namespace {

class OverlapAdd final : public Algorithm {
 public:
  const char* name() const override { return "overlap_add"; }
  Support check(const Parameters& p) const override {
    // What a task holds at least: a ring of slabs, of as many rows of sums as are computed again at its edge, with margins for taps on both
    // sides. 4 Mi are 16 MiB; the zoo stays below 1.
    constexpr int64_t kMostSums = 4 << 20;
    const auto span = [&](int a) { return saturating_add(reach(p, a), p.stride[a]); };
    int64_t sums = saturating_mul(saturating_mul(span(2), 2), p.out_channels_per_group());
    if (p.rank == 3) sums = saturating_mul(sums, saturating_mul(span(1), 2));
    if (p.rank >= 2) sums = saturating_mul(sums, reach(p, 3 - p.rank) + 1);
    if (sums > kMostSums) return Support::no("needs sums of " + std::to_string(sums) + " outputs for each thread, more than 4 Mi");
    return Support::yes("runs what reaches no further than a cache; made for few output channels");
  }
  double cost(const Parameters& params, int lanes) const override { return overlap_add_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<OverlapAddOperator>(params, targets);
  }
};

}  // namespace

const Algorithm& overlap_add() {
  static const Immortal<const OverlapAdd> algorithm;
  return *algorithm;
}

}  // namespace deconv
