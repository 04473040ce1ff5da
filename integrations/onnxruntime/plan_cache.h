// SPDX-License-Identifier: Apache-2.0
// The plans of one operator by input shape: the most recently used ones are kept, so that alternating shapes cost nothing and
// shapes that change at every run cost a plan of microseconds and no memory.
#pragma once

#include <list>
#include <memory>
#include <mutex>

#include "layer.h"

namespace deconv_ort {

struct ShapePlan {
  Dims x;
  int32_t threads;
  Dims y;
  deconv::Plan plan;
};

// Thread-safe. A plan that is handed out lives on when it is dropped from here.
class PlanCache {
 public:
  static constexpr size_t kCapacity = 16;

  std::shared_ptr<const ShapePlan> get(const deconv::Operator& op, const Layer& layer, const Dims& x, int32_t threads);

 private:
  std::shared_ptr<const ShapePlan> find(const Dims& x, int32_t threads);

  std::mutex mutex_;
  std::list<std::shared_ptr<const ShapePlan>> plans_;  // most recently used first
};

std::shared_ptr<const ShapePlan> make_plan(const deconv::Operator& op, const Layer& layer, const Dims& x, int32_t threads);

}  // namespace deconv_ort
