// SPDX-License-Identifier: Apache-2.0
// Owners of the C ABI's objects.
#pragma once

#include <memory>

#include "deconv/deconv.h"

namespace deconv_test {

struct DestroyOperator {
  void operator()(deconv_operator* op) const { deconv_operator_destroy(op); }
};
struct DestroyPlan {
  void operator()(deconv_plan* plan) const { deconv_plan_destroy(plan); }
};
using OperatorHandle = std::unique_ptr<deconv_operator, DestroyOperator>;
using PlanHandle = std::unique_ptr<deconv_plan, DestroyPlan>;

// What an out-parameter holds before a call that must not touch it.
inline deconv_operator* untouched_operator() {
  static char place;
  return reinterpret_cast<deconv_operator*>(&place);
}
inline deconv_plan* untouched_plan() {
  static char place;
  return reinterpret_cast<deconv_plan*>(&place);
}

}  // namespace deconv_test
