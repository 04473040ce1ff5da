// SPDX-License-Identifier: Apache-2.0
// A layer that is tuned through the C ABI, with measurements planted where a test needs to know them.
#pragma once

#include <string>
#include <vector>

#include "api/fixture.h"
#include "core/tuning_key.h"
#include "core/tuning_table.h"
#include "deconv/tuning.h"
#include "support/layer.h"
#include "tuning/fixture.h"

namespace deconv_test {

inline constexpr const char* kLayer = "d2 n1 g1 ic20 oc24 ih9x10 k4x4 s2x2 pb1x1 pe1x1 t1";

// A layer with its expected shape; the library's own choice is highway's.
struct TunableLayer {
  Problem problem = parse_problem(kLayer);
  Target target;
  std::vector<float> weights = std::vector<float>(20 * 24 * 16, 0.5f);
  deconv_params params = make_params(problem, target);
  deconv_plan_options shape = make_plan_options(problem);
  deconv_tune_options options;

  TunableLayer() {
    params.backend = nullptr;
    params.algorithm = nullptr;
    params.weights = weights.data();
    deconv_tune_options_init(&options);
    options.seconds = 0.02;
    options.file = "";
    unsetenv("DECONV_TUNING_FILE");
    unsetenv("DECONV_BACKEND");
    deconv_tuning_clear();
  }
  ~TunableLayer() { deconv_tuning_clear(); }

  std::string key() const {
    const deconv::Parameters p = deconv::validate(&params, false);
    return deconv::tuning_key(p, *deconv::expected_shape(p));
  }
  // As if `chosen` had been measured.
  void plant(const std::string& chosen) const { deconv::remember_tuned({{key(), record(chosen)}}, ""); }
  void plant_in(const std::string& path, const std::string& chosen) const {
    write(path, deconv::format_tuning({{key(), record(chosen)}}, deconv::tuning_owner()));
  }

  std::string explain() const {
    size_t needed = 0;
    REQUIRE(deconv_explain(&params, nullptr, 0, &needed) == DECONV_OK);
    std::string text(needed, '\0');
    REQUIRE(deconv_explain(&params, text.data(), needed, nullptr) == DECONV_OK);
    return text;
  }
  // backend/algorithm: description
  std::string created(const char** candidates = nullptr) const {
    static OperatorHandle op;
    deconv_operator* raw = nullptr;
    REQUIRE(deconv_operator_create(&params, &raw) == DECONV_OK);
    op.reset(raw);
    deconv_operator_info info;
    deconv_operator_info_init(&info);
    REQUIRE(deconv_operator_get_info(raw, &info) == DECONV_OK);
    if (candidates != nullptr) *candidates = info.candidates;
    return std::string(info.backend) + "/" + info.algorithm + ": " + info.description;
  }
};

inline bool begins(const std::string& text, const std::string& part) { return text.rfind(part, 0) == 0; }

inline std::string line_of(const std::string& text, const std::string& begin) {
  const size_t at = begins(text, begin) ? 0 : text.find("\n" + begin) + 1;
  return at == 0 && !begins(text, begin) ? "" : text.substr(at, text.find('\n', at) - at);
}

}  // namespace deconv_test
