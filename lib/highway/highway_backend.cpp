// SPDX-License-Identifier: Apache-2.0
#include "highway/highway_backend.h"

#include "core/error.h"
#include "core/isa.h"
#include "highway/algorithm.h"
#include "highway/isa_kernels.h"
#include "highway/overlap_add/overlap_add.h"
#include "highway/phase_gemm/phase_gemm.h"


namespace deconv {
namespace {

// THE list of algorithms. Adding one: a folder and a line here; tests, benchmarks and explanations follow.
const std::vector<const Algorithm*>& algorithm_list() {
  static const std::vector<const Algorithm*> list = {&phase_gemm(), &overlap_add()};
  return list;
}

Support check_algorithm(const Algorithm& algorithm, const Parameters& params) {
  if (!params.algorithm.empty() && params.algorithm != algorithm.name()) {
    return Support::no("not asked for: algorithm = \"" + params.algorithm + "\"");
  }
  return algorithm.check(params);
}

class HighwayBackend final : public Backend {
 public:
  const char* name() const override { return "highway"; }
  const char* version() const override { return deconv_version(); }

  std::vector<const char*> algorithms() const override {
    std::vector<const char*> names;
    for (const Algorithm* algorithm : algorithm_list()) names.push_back(algorithm->name());
    return names;
  }

  std::vector<Candidate> candidates(const Parameters& params) const override {
    const Support isa = check_isa(params.max_isa);
    std::vector<Candidate> result;
    for (const Algorithm* algorithm : algorithm_list()) {
      result.push_back({algorithm->name(), isa.ok ? check_algorithm(*algorithm, params) : isa});
    }
    return result;
  }

  std::unique_ptr<Operator> create(const Parameters& params) const override {
    for (const Algorithm* algorithm : algorithm_list()) {
      if (check_algorithm(*algorithm, params).ok) return algorithm->create(params, allowed_targets(params.max_isa));
    }
    throw Error(DECONV_UNSUPPORTED, "no algorithm of highway runs these parameters");
  }
};

}  // namespace

const Backend& highway_backend() {
  static const HighwayBackend backend;
  return backend;
}

}  // namespace deconv
