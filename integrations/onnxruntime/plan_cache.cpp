// SPDX-License-Identifier: Apache-2.0
#include "plan_cache.h"

#include <algorithm>

namespace deconv_ort {

std::shared_ptr<const ShapePlan> make_plan(const deconv::Operator& op, const Layer& layer, const Dims& x, int32_t threads) {
  deconv::PlanOptions options;
  options.batch = x[0];
  std::copy(x.begin() + 2, x.end(), options.in);
  options.threads = threads;
  const deconv_padding padding = layer.padding(x);
  options.padding = &padding;
  deconv::Plan plan = op.plan(options);
  Dims y = {x[0], layer.out_channels()};
  y.insert(y.end(), plan.out().begin(), plan.out().begin() + layer.rank());
  return std::make_shared<const ShapePlan>(ShapePlan{x, threads, std::move(y), std::move(plan)});
}

std::shared_ptr<const ShapePlan> PlanCache::find(const Dims& x, int32_t threads) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto entry = plans_.begin(); entry != plans_.end(); ++entry) {
    if ((*entry)->threads != threads || (*entry)->x != x) continue;
    plans_.splice(plans_.begin(), plans_, entry);
    return plans_.front();
  }
  return nullptr;
}

std::shared_ptr<const ShapePlan> PlanCache::get(const deconv::Operator& op, const Layer& layer, const Dims& x, int32_t threads) {
  if (std::shared_ptr<const ShapePlan> found = find(x, threads)) return found;
  std::shared_ptr<const ShapePlan> made = make_plan(op, layer, x, threads);  // outside of the lock: runs of other shapes go on
  const std::lock_guard<std::mutex> lock(mutex_);
  plans_.push_front(made);
  if (plans_.size() > kCapacity) plans_.pop_back();
  return made;
}

}  // namespace deconv_ort
