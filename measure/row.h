// SPDX-License-Identifier: Apache-2.0
// One row of the benchmark: a layer on one variant, layout and thread count, set up, run once, verified, ready to be timed.
#pragma once

#include <memory>
#include <string>

#include "core/aligned_buffer.h"
#include "layer.h"
#include "selection.h"
#include "verify.h"

namespace deconv::bench {

struct RowSpec {
  Layer layer;
  Variant variant;
  Layouts layout;
  int threads;

  std::string name() const;  // "highway/nhwc/t1/dcgan_g1"
};

// Whether its variant leaves out large layers and would take a third of a second or more for a run of this one.
bool too_slow(const RowSpec& row);

class Row {
 public:
  // Creates operator and plan, fills the tensors, runs once and verifies. Throws std::runtime_error (in the library's words, or "wrong:
  // ...") or std::bad_alloc.
  explicit Row(const RowSpec& spec) : Row(spec, true) {}
  // The same; without verification for rows that have been verified before.
  Row(const RowSpec& spec, bool with_verification);

  void run();

  const deconv_plan_info& info() const { return info_; }
  const deconv_operator_info& operator_info() const { return operator_info_; }
  const Verification& verification() const { return verification_; }
  const std::string& algorithm() const { return algorithm_; }  // what the backend runs; empty where it has none to choose from
  double create_seconds() const { return create_seconds_; }
  double plan_seconds() const { return plan_seconds_; }    // median of several
  double first_seconds() const { return first_seconds_; }  // of the run that was verified, caches cold

 private:
  struct Destroy {
    void operator()(deconv_operator* op) const { deconv_operator_destroy(op); }
    void operator()(deconv_plan* plan) const { deconv_plan_destroy(plan); }
  };
  using PlanPointer = std::unique_ptr<deconv_plan, Destroy>;

  void create(const RowSpec& spec);
  PlanPointer create_plan(const RowSpec& spec);
  void plan(const RowSpec& spec);
  void first_run(const RowSpec& spec);
  void verify(const RowSpec& spec);

  AlignedBuffer<float> src_, weights_, bias_, scale_, prelu_slopes_, residual_, dst_;
  AlignedBuffer<char> workspace_;
  std::unique_ptr<deconv_operator, Destroy> operator_;
  PlanPointer plan_;
  deconv_operator_info operator_info_;
  deconv_plan_info info_;
  Verification verification_;
  std::string algorithm_;
  deconv_run_args args_;
  double create_seconds_ = 0, plan_seconds_ = 0, first_seconds_ = 0;
};

}  // namespace deconv::bench
