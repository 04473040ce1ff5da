// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/phase_gemm.h"

#include "highway/cost_model.h"
#include "highway/phase_gemm/operator.h"

namespace deconv {
namespace {

class PhaseGemm final : public Algorithm {
 public:
  const char* name() const override { return "phase_gemm"; }
  Support check(const Parameters&) const override { return Support::yes("runs every legal problem"); }
  double cost(const Parameters& params, int lanes) const override { return phase_gemm_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<PhaseGemmOperator>(params, targets, PhaseProduct::kGemm);
  }
};

class Depthwise final : public Algorithm {
 public:
  const char* name() const override { return "depthwise"; }
  Support check(const Parameters& p) const override {
    if (p.groups != p.in_channels || p.groups != p.out_channels) return Support::no("needs as many groups as input and output channels");
    return Support::yes("runs depthwise layers");
  }
  double cost(const Parameters& params, int lanes) const override { return depthwise_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<PhaseGemmOperator>(params, targets, PhaseProduct::kDepthwise);
  }
};

}  // namespace

const Algorithm& phase_gemm() {
  static const PhaseGemm algorithm;
  return algorithm;
}

const Algorithm& depthwise() {
  static const Depthwise algorithm;
  return algorithm;
}

}  // namespace deconv
