// SPDX-License-Identifier: Apache-2.0
// A small legal layer whose fields a test spoils one at a time, and the check of what the library then says.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "deconv/deconv.h"
#include "support/handles.h"

namespace deconv_test {

// 4 -> 6 channels, two groups, 3x2 kernel, stride 2x3, on the naive backend, which declines nothing.
struct SmallLayer {
  std::vector<float> weights = std::vector<float>(4 * 3 * 3 * 2, 1.0f), bias = std::vector<float>(6, 2.0f);
  deconv_params params;
  deconv_plan_options options;

  SmallLayer() {
    deconv_params_init(&params);
    params.groups = 2;
    params.in_channels = 4;
    params.out_channels = 6;
    params.kernel[0] = 3;
    params.kernel[1] = 2;
    params.stride[0] = 2;
    params.stride[1] = 3;
    params.weights = weights.data();
    params.bias = bias.data();
    params.backend = "naive";
    deconv_plan_options_init(&options);
    options.in[0] = 4;
    options.in[1] = 5;
    options.threads = 1;
  }
  OperatorHandle create() const {
    deconv_operator* op = nullptr;
    REQUIRE(deconv_operator_create(&params, &op) == DECONV_OK);
    return OperatorHandle(op);
  }
  PlanHandle plan(const deconv_operator* op) const {
    deconv_plan* plan = nullptr;
    REQUIRE(deconv_plan_create(op, &options, &plan) == DECONV_OK);
    return PlanHandle(plan);
  }
};

// The words must hold every part: the field's name and the value at least.
inline void check_words(const std::vector<std::string>& parts) {
  const std::string words = deconv_last_error();
  for (const std::string& part : parts) {
    CAPTURE(words);
    CAPTURE(part);
    CHECK(words.find(part) != std::string::npos);
  }
}

// check, create and output_shape (for geometry) must agree; the out-parameter stays untouched.
inline void check_rejected(const deconv_params& params, deconv_status status, const std::vector<std::string>& parts) {
  deconv_operator* const untouched = untouched_operator();
  deconv_operator* op = untouched;
  CHECK(deconv_operator_create(&params, &op) == status);
  CHECK(op == untouched);
  check_words(parts);
  CHECK(deconv_check(&params) == status);
  check_words(parts);
}
inline void check_invalid(const deconv_params& params, const std::vector<std::string>& parts) {
  check_rejected(params, DECONV_INVALID_ARGUMENT, parts);
}

// Sets an environment variable for one scope.
class ScopedEnvironment {
 public:
  ScopedEnvironment(const char* name, const char* value) : name_(name) {
    const char* old = std::getenv(name);
    had_ = old != nullptr;
    if (had_) old_ = old;
    setenv(name, value, 1);
  }
  ~ScopedEnvironment() {
    if (had_) {
      setenv(name_, old_.c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::string old_;
  bool had_;
};

}  // namespace deconv_test
