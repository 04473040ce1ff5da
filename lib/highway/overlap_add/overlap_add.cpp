// SPDX-License-Identifier: Apache-2.0
#include "highway/overlap_add/overlap_add.h"

#include "highway/cost_model.h"
#include "highway/overlap_add/operator.h"

namespace deconv {
namespace {

class OverlapAdd final : public Algorithm {
 public:
  const char* name() const override { return "overlap_add"; }
  Support check(const Parameters&) const override { return Support::yes("runs every legal problem; made for few output channels"); }
  double cost(const Parameters& params, int lanes) const override { return overlap_add_cost(params, lanes); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<OverlapAddOperator>(params, targets);
  }
};

}  // namespace

const Algorithm& overlap_add() {
  static const OverlapAdd algorithm;
  return algorithm;
}

}  // namespace deconv
