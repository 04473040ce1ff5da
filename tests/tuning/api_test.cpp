// SPDX-License-Identifier: Apache-2.0
// Tuning through the C ABI: what is measured, remembered, looked up, explained, and what nobody may spoil.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "api/fixture.h"
#include "core/tuning_key.h"
#include "core/tuning_table.h"
#include "deconv/tuning.hpp"
#include "support/layer.h"
#include "tuning/fixture.h"

using namespace deconv_test;

namespace {

constexpr const char* kLayer = "d2 n1 g1 ic20 oc24 ih9x10 k4x4 s2x2 pb1x1 pe1x1 t1";

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

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
bool begins(const std::string& text, const std::string& part) { return text.rfind(part, 0) == 0; }

std::string line_of(const std::string& text, const std::string& begin) {
  const size_t at = begins(text, begin) ? 0 : text.find("\n" + begin) + 1;
  return at == 0 && !begins(text, begin) ? "" : text.substr(at, text.find('\n', at) - at);
}

}  // namespace

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
    CAPTURE(std::string(label));
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
    CAPTURE(std::string(label));
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

TEST_CASE("tuning: a file is written, and another process reads it through the environment") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  TunableLayer layer;
  layer.options.file = path.c_str();
  deconv_tune_result result;
  deconv_tune_result_init(&result);
  REQUIRE(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_OK);
  CHECK(has(contents(path), layer.key() + " = "));
  layer.plant_in(path, "naive");
  deconv_tuning_clear();
  CHECK_FALSE(has(layer.created(), "tuned"));
  CHECK(succeeded(start_child([&] {
    deconv_tuning_clear();
    setenv("DECONV_TUNING_FILE", path.c_str(), 1);
    return begins(layer.created(), "naive");
  })));
  // Without an option the environment's file is where results go.
  const ScopedEnvironment file("DECONV_TUNING_FILE", folder.file("other").c_str());
  layer.options.file = nullptr;
  REQUIRE(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_OK);
  CHECK(has(contents(folder.file("other")), layer.key() + " = "));
}

TEST_CASE("tuning: the environment's file is read once") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const TunableLayer layer;
  layer.plant_in(path, "naive");
  const ScopedEnvironment file("DECONV_TUNING_FILE", path.c_str());
  CHECK(begins(layer.created(), "naive"));
  layer.plant_in(path, "highway/overlap_add");
  CHECK(begins(layer.created(), "naive"));
  deconv_tuning_clear();
  CHECK(begins(layer.created(), "highway/overlap_add"));
}

TEST_CASE("tuning: a file that cannot be used changes nothing but a line of the explanation") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const TunableLayer layer;
  const std::string untuned = layer.created(), explained = layer.explain();
  const std::string good = deconv::format_tuning({{layer.key(), record("naive")}}, deconv::tuning_owner());
  const ScopedEnvironment file("DECONV_TUNING_FILE", path.c_str());
  const std::pair<std::string, const char*> kFiles[] = {
      {good.substr(0, good.size() - 1), "its last line has no end"},
      {good + "garbage\n", "line 4 is no measurement: \"garbage\""},
      {"garbage\n" + good, "no tuning file"},
      {deconv::format_tuning({{layer.key(), record("naive")}}, {deconv_version(), "Z80"}), "measured on CPU \"Z80\""},
      {deconv::format_tuning({{layer.key(), record("naive")}}, {"0.0.1", deconv::tuning_owner().cpu}), "version \"0.0.1\""},
      {"deconv-tuning 7 x y\n", "format \"7\""}};
  for (const auto& [text, reason] : kFiles) {
    deconv_tuning_clear();
    write(path, text);
    CAPTURE(text);
    const char* candidates = nullptr;
    CHECK(layer.created(&candidates) == untuned);
    CHECK(begins(line_of(candidates, "tuning: "), "tuning: \"" + path + "\" is ignored: "));
    const std::string now = layer.explain(), line = line_of(now, "tuning: ");
    CHECK(has(line, reason));
    CHECK(now.substr(0, now.find("tuning: ")) + now.substr(now.find("tuning: ") + line.size() + 1) == explained);
    CHECK(deconv_tuning_load(path.c_str()) == DECONV_UNSUPPORTED);
    check_words({path, reason});
  }
  std::filesystem::remove(path);
  deconv_tuning_clear();
  CHECK(layer.created() == untuned);
  CHECK(has(layer.explain(), "No such file"));
  // Once there is a good one, nobody complains.
  layer.plant_in(path, "naive");
  CHECK(deconv_tuning_load(path.c_str()) == DECONV_OK);
  CHECK(begins(layer.created(), "naive"));
  CHECK_FALSE(has(layer.explain(), "tuning: "));
}

TEST_CASE("tuning: bad arguments name the culprit, and nothing is written") {
  TunableLayer layer;
  deconv_tune_result result;
  deconv_tune_result_init(&result);
  result.candidates = 77;
  const auto refused = [&](deconv_status status, const std::vector<std::string>& words) {
    CHECK(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == status);
    check_words(words);
    CHECK(result.candidates == 77);
    CHECK_FALSE(has(layer.explain(), "tuned"));
  };
  for (const double seconds : {0.0, -1.0, std::nan("")}) {
    layer.options.seconds = seconds;
    refused(DECONV_INVALID_ARGUMENT, {"seconds", "greater than 0"});
  }
  layer.options.seconds = 0.01;
  layer.options.struct_size = 3;
  refused(DECONV_INVALID_ARGUMENT, {"tune_options.struct_size", "3"});
  layer.options.struct_size = sizeof(layer.options);
  layer.options.file = "/";
  refused(DECONV_BACKEND_FAILURE, {"file = \"/\"", "directory"});
  const Folder folder;
  write(folder.file("diary"), "dear diary\n");
  const std::string diary = folder.file("diary");
  layer.options.file = diary.c_str();
  refused(DECONV_INVALID_ARGUMENT, {diary, "no tuning file"});
  CHECK(contents(diary) == "dear diary\n");
  layer.options.file = "";
  layer.shape.in[1] = 0;
  refused(DECONV_INVALID_ARGUMENT, {"in[1]", "0"});
  layer.shape.in[1] = 10;
  result.struct_size = 5;
  refused(DECONV_INVALID_ARGUMENT, {"tune_result.struct_size", "5"});
  result.struct_size = sizeof(result);
  layer.params.kernel[0] = 0;
  CHECK(deconv_tune(&layer.params, &layer.shape, &layer.options, &result) == DECONV_INVALID_ARGUMENT);
  check_words({"kernel[0]", "0"});
  layer.params.kernel[0] = 4;
  layer.params.algorithm = "phase_gemm";
  refused(DECONV_INVALID_ARGUMENT, {"algorithm", "phase_gemm", "nothing is left"});
  layer.params.algorithm = nullptr;
  CHECK(deconv_tune(nullptr, &layer.shape, &layer.options, &result) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_tune(&layer.params, nullptr, &layer.options, &result) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_tuning_load(nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"path", "NULL"});
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

TEST_CASE("tuning: threads that tune, load, clear, create and explain at once") {
  const Folder folder;
  const std::string path = folder.file("tuning");
  const TunableLayer layer;
  layer.plant_in(path, "naive");
  std::atomic<int> failures{0};
  const auto repeat = [&](int times, auto&& action) {
    return std::thread([&failures, times, action] {
      for (int i = 0; i < times; ++i) failures += action() == DECONV_OK ? 0 : 1;
    });
  };
  deconv_tune_options options = layer.options;
  options.seconds = 1e-3;
  options.file = path.c_str();
  std::vector<std::thread> threads;
  threads.push_back(repeat(3, [&] { return deconv_tune(&layer.params, &layer.shape, &options, nullptr); }));
  threads.push_back(repeat(200, [&] { return deconv_tuning_load(path.c_str()); }));
  threads.push_back(repeat(200, [&] { return deconv_tuning_clear(), DECONV_OK; }));
  threads.push_back(repeat(200, [&] {
    deconv_operator* op = nullptr;
    const deconv_status status = deconv_operator_create(&layer.params, &op);
    deconv_operator_destroy(op);
    return status;
  }));
  threads.push_back(repeat(200, [&] { return deconv_explain(&layer.params, nullptr, 0, nullptr); }));
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
}

TEST_CASE("tuning: a child forked while other threads create operators goes on") {
  const TunableLayer layer;
  layer.plant("naive");
  std::atomic<bool> stop{false};
  std::thread creator([&] {
    while (!stop) deconv_explain(&layer.params, nullptr, 0, nullptr);
  });
  for (int i = 0; i < 20; ++i) CHECK(succeeded(start_child([&] { return deconv_check(&layer.params) == DECONV_OK; })));
  stop = true;
  creator.join();
}
