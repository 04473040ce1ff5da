// SPDX-License-Identifier: Apache-2.0
// The contract of a backend. Dispatch happens at create and plan; run is one virtual call.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/parallel.h"
#include "core/parameters.h"

namespace deconv {

// "Can you?" answered with the reason why not. One check serves the question and the creation.
struct Support {
  bool ok = true;
  std::string reason;

  static Support yes(std::string why = {}) { return {true, std::move(why)}; }
  static Support no(std::string why) { return {false, std::move(why)}; }
};

struct RunArguments {
  const void* src;
  void* dst;
  const void* residual;  // null unless the epilogue has one; may be dst
  void* workspace;       // at least Plan::workspace_bytes(), any alignment
};

class Plan {
 public:
  virtual ~Plan() = default;
  virtual size_t workspace_bytes() const = 0;
  // What runs, for people: "AVX3/phase_gemm 8x48", oneDNN's implementation string.
  virtual std::string description() const = 0;
  // No exception, no printing; own backends: no allocation, no lock. The reason of a failure goes to set_last_error.
  virtual deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept = 0;
};

class Operator {
 public:
  virtual ~Operator() = default;
  virtual std::string isa() const { return {}; }
  virtual std::string algorithm() const { return {}; }
  // What was chosen and why, without the backend's name: "AVX3/phase_gemm: the only candidate".
  virtual std::string description() const = 0;
  // Memory held for weights and per-channel vectors.
  virtual int64_t packed_bytes() const = 0;
  // The plan may refer to the operator: the C ABI keeps the operator alive as long as the plan.
  virtual std::unique_ptr<Plan> plan(const Shape& shape) const = 0;
};

// One line of an explanation. A backend without a choice of algorithms has a single candidate with an empty name.
struct Candidate {
  std::string algorithm;
  Support support;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual const char* name() const = 0;
  virtual const char* version() const = 0;
  // Names of the algorithms that may be forced, ranked; empty: no choice.
  virtual std::vector<const char*> algorithms() const { return {}; }
  // Every candidate with its answer, in the order of preference for these parameters: the first that is ok would be chosen.
  // Honours params.algorithm, params.max_isa and params.accuracy (a candidate they exclude declines with that reason).
  virtual std::vector<Candidate> candidates(const Parameters& params) const = 0;
  // Called only if a candidate is ok. Throws Error or std::bad_alloc.
  virtual std::unique_ptr<Operator> create(const Parameters& params) const = 0;
};

}  // namespace deconv
