// SPDX-License-Identifier: Apache-2.0
// Tuning through the C ABI: what is measured, remembered, looked up and explained.
#include "deconv/tuning.hpp"
#include "tuning/layer.h"

using namespace deconv_test;

TEST_CASE("tuning: every candidate is measured, and the outcome is what create and explain say") {
  TunableLayer layer;
  const std::string untuned = layer.created();
  deconv_tune_result result;
  deconv_tune_result_init(&result);
  REQUIRE(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_OK);
  REQUIRE(result.candidates >= 4);  // phase_gemm, pixel_gemm, overlap_add, naive
  CHECK(result.candidates <= DECONV_TUNE_MAX_CANDIDATES);
  CHECK(result.seconds > 0);
  for (int32_t i = 0; i < result.candidates; ++i) {
    CHECK(result.candidate[i].rounds >= 1);
    CHECK(result.candidate[i].seconds > 0);
  }
  const deconv_tune_candidate &chosen = result.candidate[result.chosen], &own = result.candidate[result.untuned];
  CHECK(begins(untuned, std::string(own.backend) + "/" + own.algorithm));
  CHECK(chosen.seconds <= own.seconds);
  CHECK(own.rounds >= 6);
  const std::string tuned = layer.created();
  CHECK(begins(tuned, std::string(chosen.backend) + "/" + chosen.algorithm));
  CHECK(has(tuned, "; tuned: "));
  CHECK(has(layer.explain(), ": chosen, tuned: "));
}

TEST_CASE("tuning: the C++ interface") {
  const Folder folder;
  TunableLayer layer;
  deconv::TuneOptions options;
  CHECK(options.seconds == 1.0);
  options.seconds = 0.02;
  options.file = "";
  const deconv::TuneResult result = deconv::tune(layer.params, layer.shape, options);
  CHECK(result.gain() >= 1.0);
  CHECK(begins(layer.created(), result.best().backend));
  deconv::clear_tuning();
  CHECK_FALSE(has(layer.created(), "tuned"));
  layer.plant_in(folder.file("tuning"), "naive");
  deconv::load_tuning(folder.file("tuning"));
  CHECK(begins(layer.created(), "naive"));
  CHECK_THROWS_AS(deconv::load_tuning(folder.file("missing")), deconv::Error);
}

TEST_CASE("tuning: room for every candidate of this library") {
  int32_t candidates = 0;
  for (int32_t i = 0; i < deconv_backend_count(); ++i) candidates += std::max(1, deconv_algorithm_count(deconv_backend_name(i)));
  CHECK(candidates <= DECONV_TUNE_MAX_CANDIDATES);
}

TEST_CASE("tuning: weights may be missing, options and result too") {
  TunableLayer layer;
  layer.params.weights = nullptr;
  CHECK(deconv_tune(&layer.params, &layer.shape, &layer.options, nullptr) == DECONV_OK);
  layer.params.weights = layer.weights.data();
  CHECK(has(layer.created(), "tuned: "));
}

TEST_CASE("tuning: what was measured is chosen, of any backend") {
  const TunableLayer layer;
  for (const char* label : {"highway/overlap_add", "highway/pixel_gemm", "naive"}) {
    layer.plant(label);
    const std::string planted = label;
    CAPTURE(planted);
    CHECK(begins(layer.created(), label));
    const std::string line = line_of(layer.explain(), std::string(label) + ":");
    CAPTURE(line);
    CHECK(
        begins(line, std::string(label) + ": chosen, tuned: 37.1 us, against 41 us of highway/phase_gemm, measured 2026-11-26T15:00:00Z"));
    CHECK(has(layer.explain(), "highway/phase_gemm: possible"));
    deconv_tuning_clear();
  }
  CHECK_FALSE(has(layer.created(), "tuned"));
}

TEST_CASE("tuning: only for the problem that was measured") {
  TunableLayer layer;
  layer.plant("naive");
  CHECK(begins(layer.created(), "naive"));
  layer.params.expected_in[0] = 10;
  CHECK_FALSE(begins(layer.created(), "naive"));
  layer.params.expected_in[0] = 0;
  CHECK_FALSE(begins(layer.created(), "naive"));
  layer.params.expected_in[0] = 9;
  layer.params.expected_threads = 2;
  CHECK_FALSE(begins(layer.created(), "naive"));
  layer.params.expected_threads = 1;
  CHECK(begins(layer.created(), "naive"));
}

TEST_CASE("tuning: names win over measurements") {
  TunableLayer layer;
  layer.plant("naive");
  layer.params.backend = "highway";
  CHECK(begins(layer.created(), "highway"));
  layer.params.backend = nullptr;
  {
    const ScopedEnvironment backend("DECONV_BACKEND", "highway");
    CHECK(begins(layer.created(), "highway"));
  }
  layer.params.algorithm = "overlap_add";
  CHECK(begins(layer.created(), "highway/overlap_add"));
  CHECK_FALSE(has(layer.created(), "tuned"));
  CHECK_FALSE(has(layer.explain(), "tuning: "));  // nothing was looked up that could be ignored
  // A named backend has measurements of its own.
  layer.params.algorithm = nullptr;
  layer.params.backend = "highway";
  layer.plant("highway/pixel_gemm");
  CHECK(begins(layer.created(), "highway/pixel_gemm"));
  layer.params.backend = nullptr;
  CHECK(begins(layer.created(), "naive"));
}

TEST_CASE("tuning: a choice that cannot run is ignored with the reason") {
  const TunableLayer layer;
  const std::string untuned = layer.created();
  for (const auto& [label, reason] : {std::pair{"highway/depthwise", "needs groups"},
                                      {"highway/phase", "no such candidate"},
                                      {"wishful", "no such candidate"},
                                      {"naive/phase_gemm", "no such candidate"}}) {
    layer.plant(label);
    const std::string planted = label;
    CAPTURE(planted);
    const char* candidates = nullptr;
    CHECK(layer.created(&candidates) == untuned);
    CHECK(begins(line_of(candidates, "tuning: "), "tuning: " + std::string(label) + " is ignored, measured 2026-11-26T15:00:00Z"));
    CHECK(has(line_of(layer.explain(), "tuning: "), reason));
    deconv_tuning_clear();
  }
}

TEST_CASE("tuning: fast algorithms stay out where accuracy forbids them") {
  TunableLayer layer;
  layer.params.accuracy = DECONV_ACCURACY_STRICT;
  layer.plant("highway/toom_cook");
  CHECK_FALSE(has(layer.created(), "toom_cook"));
  CHECK(has(line_of(layer.explain(), "tuning: "), "strict"));
}

TEST_CASE("tuning: every epilogue, layout and rank can be tuned; results of a tuned layer are right") {
  for (const char* text :
       {"d1 n2 g1 ic20 oc6 ih33 k8 s4 pb2 pe2 bias gelu t2", "d3 n1 g1 ic9 oc5 ih3x3x3 k2x2x2 s2x2x2 residual layout:nhwc",
        "d2 n2 g8 ic8 oc8 ih9x7 k4x4 s2x2 pb1x1 pe1x1 scale bias prelu strict"}) {
    CAPTURE(std::string(text));
    TunableLayer layer;
    const Problem problem = parse_problem(text);
    const Tensors tensors = fill_tensors(problem, Fill::kExact);
    layer.params = make_params(problem, layer.target);
    layer.params.backend = layer.params.algorithm = nullptr;
    layer.params.bias = tensors.bias.empty() ? nullptr : tensors.bias.data();
    layer.params.scale = tensors.scale.empty() ? nullptr : tensors.scale.data();
    layer.params.prelu_slopes = tensors.prelu_slopes.empty() ? nullptr : tensors.prelu_slopes.data();
    layer.shape = make_plan_options(problem);
    layer.options.seconds = 0.005;
    CHECK(deconv_tune(&layer.params, &layer.shape, &layer.options, nullptr) == DECONV_OK);
    CHECK(has(layer.explain(), ": chosen, tuned: "));
  }
}

TEST_CASE("tuning: a shape that brings its own pads is remembered for operators that have them") {
  TunableLayer layer;
  deconv_padding padding{};
  layer.shape.padding = &padding;
  REQUIRE(deconv_tune(&layer.params, &layer.shape, &layer.options, nullptr) == DECONV_OK);
  CHECK_FALSE(has(layer.explain(), "tuned"));
  layer.params.padding = padding;
  CHECK(has(layer.explain(), "tuned"));
}
