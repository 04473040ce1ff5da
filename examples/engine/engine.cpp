// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include <algorithm>

Engine::Engine(const std::vector<deconv::Params>& layers, deconv::Extents in, ThreadPool& pool) : in_(in), pool_(pool) {
  for (deconv::Params params : layers) {
    params.expected_threads = 1;  // packing then makes no threads of OpenMP's beside the pool
    operators_.emplace_back(params);
  }
}

const std::vector<deconv::Plan>& Engine::plans_for(int64_t batch) {
  const auto found = plans_.find(batch);
  if (found != plans_.end()) return found->second;
  std::vector<deconv::Plan> plans;
  deconv::PlanOptions options;
  options.batch = batch;
  options.threads = pool_.threads();
  std::copy(in_.begin(), in_.end(), options.in);
  for (const deconv::Operator& layer : operators_) {
    plans.push_back(layer.plan(options));
    std::copy(plans.back().out().begin(), plans.back().out().end(), options.in);  // the next layer's input
    arena_.reserve(plans.back());                                                 // grows to what the largest layer needs
  }
  return plans_.emplace(batch, std::move(plans)).first->second;
}

const std::vector<float>& Engine::run(const float* src, int64_t batch) {
  size_t turn = 0;
  for (const deconv::Plan& plan : plans_for(batch)) {
    std::vector<float>& dst = tensors_[turn];
    dst.resize(plan.dst_elements());
    deconv::RunArgs args;
    args.src = src;
    args.dst = dst.data();
    args.workspace = arena_.data();
    args.workspace_size = arena_.size();
    args.set_parallel_for(pool_);
    plan.run(args);
    src = dst.data();
    turn = 1 - turn;
  }
  return tensors_[1 - turn];
}
