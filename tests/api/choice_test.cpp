// SPDX-License-Identifier: Apache-2.0
// Which backend, algorithm and instruction set runs: by argument, by environment, by rank; never a silent fallback.
#include "api/fixture.h"

using namespace deconv_test;

namespace {

bool has_backend(const std::string& name) {
  for (int32_t i = 0; i < deconv_backend_count(); ++i)
    if (name == deconv_backend_name(i)) return true;
  return false;
}

deconv_operator_info info_of(const deconv_operator* op) {
  deconv_operator_info info;
  deconv_operator_info_init(&info);
  REQUIRE(deconv_operator_get_info(op, &info) == DECONV_OK);
  return info;
}

std::string explain(const deconv_params& params) {
  size_t needed = 0;
  REQUIRE(deconv_explain(&params, nullptr, 0, &needed) == DECONV_OK);
  std::string text(needed, '\0');
  REQUIRE(deconv_explain(&params, &text[0], text.size(), nullptr) == DECONV_OK);
  text.resize(needed - 1);
  return text;
}

}  // namespace

TEST_CASE("about: lists end with NULL and name known things") {
  CHECK(std::string(deconv_version()) ==
        std::to_string(DECONV_VERSION_MAJOR) + "." + std::to_string(DECONV_VERSION_MINOR) + "." + std::to_string(DECONV_VERSION_PATCH));
  REQUIRE(deconv_backend_count() >= 2);
  CHECK(has_backend("naive"));
  CHECK(has_backend("highway"));
  CHECK(deconv_backend_name(-1) == nullptr);
  CHECK(deconv_backend_name(deconv_backend_count()) == nullptr);
  CHECK(deconv_backend_version(deconv_backend_count()) == nullptr);
  CHECK(std::string(deconv_backend_name(deconv_backend_count() - 1)) == "naive");  // ranked last
  CHECK(deconv_algorithm_count(nullptr) == 0);
  CHECK(deconv_algorithm_count("wishful") == 0);
  CHECK(deconv_algorithm_name("naive", 0) == nullptr);
  CHECK(deconv_algorithm_count("highway") >= 1);
  CHECK(std::string(deconv_algorithm_name("highway", 0)) != "");
  CHECK(deconv_isa_count() >= 1);
  CHECK(deconv_isa_name(deconv_isa_count()) == nullptr);
  CHECK(deconv_isa_name(-1) == nullptr);
  CHECK(std::string(deconv_status_name(DECONV_OK)) == "ok");
  CHECK(std::string(deconv_status_name(DECONV_UNSUPPORTED)) == "unsupported");
}

TEST_CASE("choice: without a wish the first of the ranked list") {
  SmallLayer layer;
  layer.params.backend = nullptr;
  unsetenv("DECONV_BACKEND");
  const OperatorHandle op = layer.create();
  CHECK(std::string(info_of(op.get()).backend) == deconv_backend_name(0));
}

TEST_CASE("choice: unknown names") {
  SmallLayer layer;
  layer.params.backend = "wishful";
  check_invalid(layer.params, {"backend", "wishful", "naive"});
  layer.params.backend = "";  // not NULL, yet no name: the library decides
  layer.params.algorithm = "guesswork";
  check_invalid(layer.params, {"algorithm", "guesswork"});
  layer = SmallLayer();
  layer.params.backend = "highway";
  layer.params.max_isa = "AVX9000";
  check_invalid(layer.params, {"max_isa", "AVX9000"});
  layer.params.max_isa = "Unknown";  // what Highway calls a bit that is no target
  check_invalid(layer.params, {"max_isa", "Unknown"});
  layer.params.backend = "naive";  // runs on any, and takes no other name for that
  layer.params.max_isa = "x = y\nz";
  check_invalid(layer.params, {"max_isa", "x = y"});
}

TEST_CASE("choice: a backend that is not compiled in is unsupported") {
  if (has_backend("onednn")) return;
  SmallLayer layer;
  layer.params.backend = "onednn";
  check_rejected(layer.params, DECONV_UNSUPPORTED, {"backend", "onednn", "not compiled"});
}

TEST_CASE("choice: a forced algorithm that declines is an error, never another one") {
  SmallLayer layer;
  layer.params.backend = "naive";
  layer.params.algorithm = deconv_algorithm_name("highway", 0);
  REQUIRE(layer.params.algorithm != nullptr);
  check_rejected(layer.params, DECONV_UNSUPPORTED, {"naive", layer.params.algorithm});
}

TEST_CASE("choice: an algorithm asked for declines in its own words alone") {
  SmallLayer layer;
  layer.params.backend = "highway";
  layer.params.algorithm = "depthwise";
  CHECK(deconv_check(&layer.params) == DECONV_UNSUPPORTED);
  CHECK(std::string(deconv_last_error()) == "highway/depthwise: needs groups of one input channel");
}

TEST_CASE("choice: an instruction set of another architecture leaves nothing") {
#if defined(__x86_64__) || defined(__i386__)
  constexpr const char* kForeign = "NEON";
#else
  constexpr const char* kForeign = "AVX2";
#endif
  SmallLayer layer;
  layer.params.backend = "highway";
  layer.params.max_isa = kForeign;
  const deconv_status status = deconv_check(&layer.params);
  CHECK((status == DECONV_UNSUPPORTED || status == DECONV_INVALID_ARGUMENT));
  check_words({"max_isa", kForeign});
}

TEST_CASE("choice: every instruction set of the list can be asked for and is what runs") {
  for (int32_t i = 0; i < deconv_isa_count(); ++i) {
    SmallLayer layer;
    layer.params.backend = "highway";
    layer.params.max_isa = deconv_isa_name(i);
    const OperatorHandle op = layer.create();
    CHECK(std::string(info_of(op.get()).isa) == deconv_isa_name(i));
  }
}

TEST_CASE("environment: DECONV_BACKEND and DECONV_MAX_ISA, overridden by the fields") {
  SmallLayer layer;
  layer.params.backend = nullptr;
  {
    const ScopedEnvironment backend("DECONV_BACKEND", "naive");
    const OperatorHandle op = layer.create();
    CHECK(std::string(info_of(op.get()).backend) == "naive");
    layer.params.backend = "highway";
    const OperatorHandle forced = layer.create();
    CHECK(std::string(info_of(forced.get()).backend) == "highway");
  }
  {
    const ScopedEnvironment backend("DECONV_BACKEND", "wishful");
    layer.params.backend = nullptr;
    check_invalid(layer.params, {"backend", "wishful"});
  }
  layer.params.backend = "highway";
  const char* const worst = deconv_isa_name(deconv_isa_count() - 1);
  const ScopedEnvironment isa("DECONV_MAX_ISA", worst);
  const OperatorHandle op = layer.create();
  CHECK(std::string(info_of(op.get()).isa) == worst);
  layer.params.max_isa = deconv_isa_name(0);
  const OperatorHandle best = layer.create();
  CHECK(std::string(info_of(best.get()).isa) == deconv_isa_name(0));
}

TEST_CASE("explain: one line per candidate with its verdict") {
  SmallLayer layer;
  layer.params.backend = nullptr;
  const std::string text = explain(layer.params);
  CAPTURE(text);
  CHECK(text.find("highway") != std::string::npos);
  CHECK(text.find("chosen") != std::string::npos);
  CHECK(text.find("naive: possible") != std::string::npos);
  const OperatorHandle op = layer.create();
  // A creation asks no backend that ranks below the chosen one.
  const std::string created = info_of(op.get()).candidates;
  CHECK(created.substr(0, created.find('\n')) == text.substr(0, text.find('\n')));
  CHECK(created.find("naive: not asked") != std::string::npos);
  layer.params.backend = "naive";
  CHECK(explain(layer.params).find("highway: declined") != std::string::npos);
}

TEST_CASE("explain: a short buffer is filled, terminated and not overrun") {
  const SmallLayer layer;
  const std::string text = explain(layer.params);
  char buffer[16];
  std::fill(std::begin(buffer), std::end(buffer), '#');
  size_t needed = 0;
  CHECK(deconv_explain(&layer.params, buffer, 8, &needed) == DECONV_OK);
  CHECK(needed == text.size() + 1);
  CHECK(std::string(buffer) == text.substr(0, 7));
  CHECK(buffer[8] == '#');
  CHECK(deconv_explain(&layer.params, buffer, 1, nullptr) == DECONV_OK);
  CHECK(buffer[0] == '\0');
  CHECK(deconv_explain(&layer.params, nullptr, 5, nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"buffer", "NULL"});
  CHECK(deconv_explain(nullptr, nullptr, 0, &needed) == DECONV_INVALID_ARGUMENT);
}

TEST_CASE("operator: says what it is") {
  const SmallLayer layer;
  const OperatorHandle op = layer.create();
  const deconv_operator_info info = info_of(op.get());
  CHECK(std::string(info.backend) == "naive");
  CHECK(std::string(info.isa) == "");
  CHECK(std::string(info.algorithm) == "");
  CHECK(std::string(info.description).rfind("naive", 0) == 0);
  CHECK(info.packed_bytes >= static_cast<int64_t>((layer.weights.size() + layer.bias.size()) * sizeof(float)));
}
