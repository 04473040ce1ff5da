// SPDX-License-Identifier: Apache-2.0
// Many threads in the library at once, also under ThreadSanitizer: its first calls, one operator and one plan, objects that come and go,
// plans that outlive their operators, words of failures.
#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "deconv/deconv.h"
#include "support/fill.h"
#include "support/layer.h"
#include "support/layouts.h"

using namespace deconv_test;

namespace {

constexpr int kThreads = 8;

// f(index) on kThreads threads that start together; returns how many of them returned false.
template <class F>
int failures_of_many(const F& f) {
  std::atomic<int> waiting{kThreads}, failed{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int index = 0; index < kThreads; ++index) {
    threads.emplace_back([&, index] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      if (!f(index)) ++failed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failed;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::string explain(const deconv_params& params) {
  size_t needed = 0;
  if (deconv_explain(&params, nullptr, 0, &needed) != DECONV_OK) return "";
  std::string text(needed, '\0');
  if (deconv_explain(&params, &text[0], text.size(), nullptr) != DECONV_OK) return "";
  return text;
}

// Each backend, and each algorithm of highway, with a layer that it takes.
struct Case {
  Target target;
  const char* layer;
};

std::vector<Case> cases() {
  constexpr const char* kDense = "d2 n2 g1 ic18 oc33 ih7x9 k4x4 s2x2 pb1x1 pe1x1 bias relu";
  constexpr const char* kDepthwise = "d2 n1 g9 ic9 oc9 ih7x20 k4x4 s2x2 pb1x1 pe1x1 bias";
  constexpr const char* kOneOutput = "d1 n2 g1 ic18 oc1 ih23 k16 s4 pb2 pe3 bias relu";
  std::vector<Case> result;
  for (int32_t i = 0; i < deconv_backend_count(); ++i) result.push_back({{deconv_backend_name(i), "", ""}, kDense});
  for (int32_t i = 0; i < deconv_algorithm_count("highway"); ++i) {
    const std::string algorithm = deconv_algorithm_name("highway", i);
    const char* layer = algorithm == "depthwise" ? kDepthwise : algorithm == "phase_channels" ? kOneOutput : kDense;
    result.push_back({{"highway", "", algorithm}, layer});
  }
  return result;
}

}  // namespace

// Stands first: what the library finds out once (the CPU, its lists, limits) is found out by all of these at the same time.
TEST_CASE("concurrency: the first calls of a process come from many threads") {
  std::vector<std::string> isas(kThreads), texts(kThreads);
  CHECK(failures_of_many([&](int index) {
          const Problem p = parse_problem("d2 n1 g1 ic3 oc5 ih4x5 k3x3 s2x2");
          deconv_params params = make_params(p, {"", "", ""});
          texts[index] = explain(params);
          for (int32_t i = 0; i < deconv_isa_count(); ++i) isas[index] += std::string(deconv_isa_name(i)) + " ";
          return deconv_check(&params) == DECONV_OK && deconv_backend_count() >= 2 && deconv_backend_version(0) != nullptr;
        }) == 0);
  CHECK(texts[0] != "");
  CHECK(isas[0] != "");
  for (int i = 1; i < kThreads; ++i) {
    CHECK(texts[i] == texts[0]);
    CHECK(isas[i] == isas[0]);
  }
}

TEST_CASE("concurrency: one operator and one plan serve many threads") {
  constexpr int kRuns = 4;
  for (const Case& c : cases()) {
    for (const int threads : {1, 2}) {
      CAPTURE(target_name(c.target));
      CAPTURE(threads);
      Problem p = parse_problem(c.layer);
      p.threads = threads;
      const Tensors tensors = fill_tensors(p, Fill::kExact);
      const Layer layer(p, c.target, tensors);
      REQUIRE(layer.status() == DECONV_OK);
      const std::vector<float> expected = layer.run(tensors).dst;
      CHECK(failures_of_many([&](int index) {
              bool right = true;
              for (int run = 0; run < kRuns; ++run) {
                right = right && same_bits(layer.run(tensors).dst, expected);
                // Other extents from the same operator: the packed weights are shared, the plan is this thread's.
                Problem other = p;
                other.in[1] = p.in[1] + index;
                Tensors wider = fill_tensors(other, Fill::kExact);
                wider.weights = tensors.weights;
                wider.bias = tensors.bias;
                const Layer shape(other, c.target, wider, &layer);
                right = right && shape.status() == DECONV_OK && shape.run(wider).trespass.empty();
              }
              return right;
            }) == 0);
    }
  }
}

TEST_CASE("concurrency: operators and plans come and go on many threads") {
  constexpr int kRounds = 10;
  for (const Case& c : cases()) {
    CAPTURE(target_name(c.target));
    const Problem p = parse_problem(c.layer);
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    const std::vector<float> expected = Layer(p, c.target, tensors).run(tensors).dst;
    CHECK(failures_of_many([&](int) {
            for (int round = 0; round < kRounds; ++round) {
              const Layer layer(p, c.target, tensors);
              if (layer.status() != DECONV_OK || !same_bits(layer.run(tensors).dst, expected)) return false;
            }
            return true;
          }) == 0);
  }
}

// The last owner of the packed weights may be any thread's plan.
TEST_CASE("concurrency: plans outlive their operator, which goes while they run") {
  for (const Case& c : cases()) {
    CAPTURE(target_name(c.target));
    const Problem p = parse_problem(c.layer);
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    auto first = std::make_unique<Layer>(p, c.target, tensors);
    REQUIRE(first->status() == DECONV_OK);
    const std::vector<float> expected = first->run(tensors).dst;
    std::vector<std::unique_ptr<Layer>> plans;
    for (int i = 0; i < kThreads; ++i) plans.push_back(std::make_unique<Layer>(p, c.target, tensors, first.get()));
    CHECK(failures_of_many([&](int index) {
            if (index == 0) first.reset();
            const bool right = same_bits(plans[index]->run(tensors).dst, expected) && same_bits(plans[index]->run(tensors).dst, expected);
            plans[index].reset();
            return right;
          }) == 0);
  }
}

TEST_CASE("concurrency: words of failures are their thread's, explanations the same on all") {
  constexpr int kRounds = 50;
  const Problem p = parse_problem("d2 n1 g1 ic18 oc33 ih7x9 k4x4 s2x2 pb1x1 pe1x1 bias relu");
  const deconv_params shared = make_params(p, {"", "", ""});
  const std::string expected = explain(shared);
  CHECK(expected != "");
  CHECK(failures_of_many([&](int index) {
          deconv_params wrong = shared;
          wrong.groups = -1000 - index;
          for (int round = 0; round < kRounds; ++round) {
            if (deconv_check(&wrong) != DECONV_INVALID_ARGUMENT || explain(shared) != expected) return false;
            if (std::string(deconv_last_error()).find(std::to_string(wrong.groups)) == std::string::npos) return false;
          }
          return true;
        }) == 0);
}
