// SPDX-License-Identifier: Apache-2.0
// Which F(m, r) a layer gets, and how a caller forces the algorithm or keeps it out.
#include "highway/toom_cook/choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "api/fixture.h"
#include "core/division.h"
#include "support/layer.h"
#include "support/parameters.h"
#include "support/zoo.h"

using namespace deconv_test;

namespace {

// docs/accuracy.md: the product of the axes' noise, times the square root of the channels that are summed in one chain; transformed weights
// over plain ones.
constexpr double kMostNoise = 75, kMostGrowth = 20;

double most_noise(int64_t channels) { return kMostNoise / std::sqrt(static_cast<double>(std::min(deconv::kSummedChannels, channels))); }

double growth(const deconv::Parameters& p, const deconv::ToomAxes& axes) {
  return static_cast<double>(axes.products()) / static_cast<double>(p.taps());
}

// The most accurate F(m, r) of every axis: two outputs.
double least_noise(const deconv::Parameters& p) {
  int outputs[3];
  for (int a = 0; a < 3; ++a) outputs[a] = p.kernel[a] > p.stride[a] ? 2 : 1;
  return deconv::ToomAxes(p, outputs).noise();
}

void check_choice(const deconv::Parameters& p, int lanes) {
  const deconv::ToomChoice choice = deconv::choose_toom_outputs(p, lanes);
  CHECK(std::isfinite(choice.cost));
  CHECK(choice.cost > 0);
  for (int a = 0; a < 3; ++a) {
    const int64_t taps = deconv::ceil_div(p.kernel[a], p.stride[a]);
    CHECK((taps == 1 ? choice.outputs[a] == 1 : choice.outputs[a] >= 2));
    CHECK(choice.outputs[a] + taps - 1 <= deconv::kMostPoints);
  }
  const deconv::ToomAxes axes(p, choice.outputs);
  CAPTURE(axes.name());
  const bool within = axes.noise() <= most_noise(p.in_channels_per_group()) && growth(p, axes) <= kMostGrowth;
  CHECK(choice.accurate == within);
  CHECK((within || axes.noise() <= least_noise(p)));
}

std::string explain(const deconv_params& params) {
  size_t needed = 0;
  REQUIRE(deconv_explain(&params, nullptr, 0, &needed) == DECONV_OK);
  std::string text(needed, '\0');
  REQUIRE(deconv_explain(&params, &text[0], text.size(), nullptr) == DECONV_OK);
  return text;
}

// The explanation's line about toom_cook.
std::string line_of(const std::string& text) {
  const size_t at = text.find("highway/toom_cook");
  REQUIRE(at != std::string::npos);
  return text.substr(at, text.find('\n', at) - at);
}

const char* const kLayer = "d2 ic64 oc64 ih32x32 k4x4 s2x2 pb1x1 pe1x1";

}  // namespace

TEST_CASE("choice: on the zoo no transform exceeds the limits while another keeps them") {
  int accepted = 0;
  for (const ZooRow& row : load_zoo(DECONV_TEST_ZOO)) {
    CAPTURE(row.layer);
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
      deconv::Parameters p = parameters(row.problem);
      p.src_layout = p.dst_layout = layout;
      if (!deconv::check_toom_axes(p).ok) continue;
      ++accepted;
      for (const int lanes : {1, 4, 8, 16}) check_choice(p, lanes);
      p.expected_in = geometry(row.problem).in;
      p.expected_batch = row.problem.batch;
      for (const int lanes : {1, 4, 8, 16}) check_choice(p, lanes);
    }
  }
  CHECK(accepted > 0);
}

TEST_CASE("choice: the more channels, the less noise is left") {
  for (const char* words : {"k4x4 s2x2", "k3x3 s2x2", "k3x3", "k5x5 s2x2", "k7x7 s3x3", "k5x5"}) {
    double last = std::numeric_limits<double>::infinity();
    for (int64_t channels = 1; channels <= 65536; channels *= 16) {
      deconv::Parameters p = parameters(parse_problem("d2 ic1 oc64 ih32x32 " + std::string(words)));
      p.in_channels = channels;
      CAPTURE(std::string(words));
      CAPTURE(channels);
      check_choice(p, 16);
      const double now = std::max(most_noise(channels), least_noise(p));
      CHECK(deconv::ToomAxes(p, deconv::choose_toom_outputs(p, 16).outputs).noise() <= now);
      CHECK(now <= last);
      last = now;
    }
  }
}

TEST_CASE("api: strict accuracy keeps toom_cook out, by name too") {
  Problem p = parse_problem(kLayer);
  p.strict = true;
  const std::vector<float> weights(64 * 64 * 16, 1.0f);
  deconv_params params = make_params(p, {});
  params.weights = weights.data();
  params.backend = "highway";
  params.algorithm = "toom_cook";
  check_rejected(params, DECONV_UNSUPPORTED, {"toom_cook", "accuracy", "strict"});
  params.algorithm = nullptr;
  CHECK(line_of(explain(params)).find("declined") != std::string::npos);
  CHECK(line_of(explain(params)).find("accuracy") != std::string::npos);
  deconv_operator* op = nullptr;
  REQUIRE(deconv_operator_create(&params, &op) == DECONV_OK);
  const OperatorHandle handle(op);
  deconv_operator_info info;
  deconv_operator_info_init(&info);
  REQUIRE(deconv_operator_get_info(op, &info) == DECONV_OK);
  CHECK(std::string(info.algorithm) != "toom_cook");
}

TEST_CASE("api: forced, in default accuracy, it is what runs") {
  for (int32_t i = 0; i < deconv_isa_count(); ++i) {
    const Problem p = parse_problem(kLayer);
    const Target target{"highway", deconv_isa_name(i), "toom_cook"};
    const std::vector<float> weights(64 * 64 * 16, 1.0f);
    deconv_params params = make_params(p, target);
    params.weights = weights.data();
    deconv_operator* op = nullptr;
    REQUIRE(deconv_operator_create(&params, &op) == DECONV_OK);
    const OperatorHandle handle(op);
    deconv_operator_info info;
    deconv_operator_info_init(&info);
    REQUIRE(deconv_operator_get_info(op, &info) == DECONV_OK);
    CHECK(std::string(info.algorithm) == "toom_cook");
    // The explanation names what the operator then has.
    const std::string description = info.description;
    const size_t at = description.find("F(");
    REQUIRE(at != std::string::npos);
    const std::string transforms = description.substr(at, description.find(':', at) - at);
    CAPTURE(description);
    CHECK(line_of(explain(params)).find(transforms) != std::string::npos);
    CHECK(line_of(info.candidates).find(transforms) != std::string::npos);
  }
}

TEST_CASE("api: a layer without transforms is declined with its reason, by name too") {
  const Problem p = parse_problem("d2 ic64 oc64 ih32x32 k2x2 s2x2");
  const std::vector<float> weights(64 * 64 * 4, 1.0f);
  deconv_params params = make_params(p, {});
  params.weights = weights.data();
  params.backend = "highway";
  params.algorithm = "toom_cook";
  check_rejected(params, DECONV_UNSUPPORTED, {"toom_cook", "no phase has two taps"});
}
