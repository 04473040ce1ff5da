// SPDX-License-Identifier: Apache-2.0
// A problem run through the public C ABI: create, plan, and any number of runs in guarded memory.
#pragma once

#include <string>
#include <vector>

#include "support/fill.h"
#include "support/guarded_buffer.h"
#include "support/handles.h"
#include "support/problem.h"

namespace deconv_test {

// Which code must run. Empty strings leave the choice to the library.
struct Target {
  std::string backend, isa, algorithm;
};
std::string target_name(const Target& target);  // "highway/AVX3/phase_gemm"
// The library's choice, each backend's, and each algorithm.
std::vector<Target> every_target();

// Parameters without weights and vectors. The strings of `target` must outlive the result.
deconv_params make_params(const Problem& problem, const Target& target);
deconv_plan_options make_plan_options(const Problem& problem);

struct RunOptions {
  Placement placement;
  deconv_parallel_for parallel_for = nullptr;
  void* parallel_context = nullptr;
};

struct RunResult {
  deconv_status status = DECONV_OK;
  std::string error;       // of the library
  std::string trespass;    // which memory beside the tensors was written; empty: none
  std::vector<float> dst;  // canonical order
};

class Layer {
 public:
  // Creates the operator (unless `weights_of` lends its own) and the plan; status() says whether both succeeded.
  Layer(const Problem& problem, const Target& target, const Tensors& tensors, const Layer* weights_of = nullptr);

  deconv_status status() const { return status_; }
  const std::string& error() const { return error_; }
  const deconv_operator_info& operator_info() const { return operator_info_; }
  const deconv_plan_info& plan_info() const { return plan_info_; }
  const deconv_plan* plan() const { return plan_.get(); }
  const deconv_operator* op() const { return borrowed_ != nullptr ? borrowed_ : op_.get(); }

  // Thread-safe: all memory is its own. src is read-only, dst starts poisoned (or as the residual, in place).
  RunResult run(const Tensors& tensors, const RunOptions& options = {}) const;

 private:
  void create(const Target& target, const Tensors& tensors);
  bool check(deconv_status status);

  Problem problem_;
  Geometry geometry_;
  OperatorHandle op_;
  const deconv_operator* borrowed_ = nullptr;
  PlanHandle plan_;
  deconv_status status_ = DECONV_OK;
  std::string error_;
  deconv_operator_info operator_info_;
  deconv_plan_info plan_info_;
};

}  // namespace deconv_test
