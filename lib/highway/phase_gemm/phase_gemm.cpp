// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/phase_gemm.h"

#include "core/checked.h"
#include "core/immortal.h"
#include "highway/cost_model.h"
#include "highway/phase_gemm/operator.h"

namespace deconv {
namespace {

// Every phase has its lists, taps or not. A stride of a million is no layer but an attack on memory; naive's plain loops need no lists.
Support check_phases(const Parameters& p) {
  constexpr int64_t kMostPhases = 1 << 20;
  const int64_t phases = saturating_mul(saturating_mul(p.stride[0], p.stride[1]), p.stride[2]);
  if (phases > kMostPhases) return Support::no("the strides make " + std::to_string(phases) + " phases, more than 1 Mi");
  return Support::yes();
}

class PhaseGemm final : public Algorithm {
 public:
  const char* name() const override { return "phase_gemm"; }
  Support check(const Parameters& p) const override {
    const Support phases = check_phases(p);
    return phases.ok ? Support::yes("runs every layer") : phases;
  }
  double cost(const Parameters& params, int lanes) const override { return phase_gemm_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<PhaseGemmOperator>(params, targets);
  }
};

}  // namespace

const Algorithm& phase_gemm() {
  static const Immortal<const PhaseGemm> algorithm;
  return *algorithm;
}

}  // namespace deconv
