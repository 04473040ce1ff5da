// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/toom_cook.h"

#include <limits>

#include "core/immortal.h"
#include "highway/toom_cook/choice.h"
#include "highway/toom_cook/operator.h"

namespace deconv {
namespace {

class ToomCook final : public Algorithm {
 public:
  const char* name() const override { return "toom_cook"; }
  Support check(const Parameters& p) const override {
    if (p.accuracy == DECONV_ACCURACY_STRICT) return Support::no("accuracy = strict: each product is to be computed once");
    Support axes = check_toom_axes(p);
    if (!axes.ok) return axes;
    // Whether there is one does not depend on the vectors' length.
    constexpr int kAnyLanes = 16;
    if (p.algorithm.empty() && !choose_toom_outputs(p, kAnyLanes).accurate) {
      return Support::no("each F(m, r) enlarges rounding errors, or the weights, too much for its channels");
    }
    return Support::yes("fewer products than the layer has");
  }
  double cost(const Parameters& p, int lanes) const override {
    return check_toom_axes(p).ok ? choose_toom_outputs(p, lanes).cost : std::numeric_limits<double>::infinity();
  }
  std::string variant(const Parameters& p, int lanes) const override { return ToomAxes(p, choose_toom_outputs(p, lanes).outputs).name(); }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    return std::make_unique<ToomCookOperator>(params, targets);
  }
};

}  // namespace

const Algorithm& toom_cook() {
  static const Immortal<const ToomCook> algorithm;
  return *algorithm;
}

}  // namespace deconv
