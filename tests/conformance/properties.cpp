// SPDX-License-Identifier: Apache-2.0
// What must hold whatever the values are: the adjoint identity, and the same bits for any thread count, batch split, repetition, and for
// runs of one plan that overlap.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include "conformance/session.h"
#include "support/fast_accuracy.h"
#include "support/reference.h"
#include "support/tolerance.h"

namespace deconv_test {
namespace {

constexpr const char* kLayers[] = {
    "d2 n3 g1 ic35 oc50 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias relu",
    "d2 n3 g1 ic35 oc50 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias gelu layout:nhwc",
    "d2 n2 g1 ic70 oc3 ih20x33 k3x3 s2x2 pb1x1 pe1x1 op1x1",
    "d2 n2 g1 ic70 oc3 ih20x33 k3x3 s2x2 pb1x1 pe1x1 op1x1 layout:nhwc scale bias silu",
    "d1 n4 g2 ic36 oc66 ih45 k7 s3 pb2 pe3 bias residual",
    "d3 n2 g1 ic17 oc20 ih4x5x6 k2x3x4 s2x1x2 pb0x1x1 pe0x1x1 layout:nhwc bias elu:1",
    "d2 n5 g24 ic24 oc24 ih9x11 k3x3 s2x2 pb1x1 pe1x1 op1x1 bias tanh",
    "d2 n9 g1 ic64 oc70 ih1x1 k4x4 s1x1 layout:nhwc bias",
};

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void expect_same(const Problem& p, const std::vector<float>& expected, const RunResult& result, const std::string& what) {
  const bool ok = result.status == DECONV_OK && result.trespass.empty() && same_bits(expected, result.dst);
  session().report(
      ok, what + " changes the result " + result.error + result.trespass + "\n  layer: " + repro(p, session().target(), Fill::kReal));
}

// The layer, or nothing where the target declines it.
bool usable(const Layer& layer, const Problem& p) {
  if (layer.status() == DECONV_OK) return true;
  const std::string words = repro(p, session().target(), Fill::kReal);
  if (layer.status() == DECONV_UNSUPPORTED) {
    session().report_unsupported(words, layer.error());
  } else {
    session().report(false, layer.error() + "\n  repeat: " + words);
  }
  return false;
}

// f(problem) for each layer, with each target in turn.
template <class F>
void for_each_layer(const F& f) {
  for (const char* text : kLayers)
    if (!session().for_each_target([&] { f(parse_problem(text)); })) return;
}

TEST_CASE("property: the same bits for 1 to 8 threads and for every repetition") {
  if (!session().own_backend()) return;
  for_each_layer([](Problem p) {
    const Tensors tensors = fill_tensors(p, Fill::kReal);
    const Layer one(p, session().target(), tensors);
    if (!usable(one, p)) return;
    const std::vector<float> expected = one.run(tensors).dst;
    expect_same(p, expected, one.run(tensors), "a second run");
    for (p.threads = 2; p.threads <= 8; ++p.threads) {
      const Layer many(p, session().target(), tensors);
      if (usable(many, p)) expect_same(p, expected, many.run(tensors), std::to_string(p.threads) + " threads");
      const Layer shared(p, session().target(), tensors, &one);
      if (usable(shared, p)) expect_same(p, expected, shared.run(tensors), std::to_string(p.threads) + " threads, shared operator");
    }
  });
}

TEST_CASE("property: the same bits when the batch is split") {
  if (!session().own_backend()) return;
  for_each_layer([](const Problem& p) {
    const Tensors tensors = fill_tensors(p, Fill::kReal);
    const Layer whole(p, session().target(), tensors);
    if (!usable(whole, p)) return;
    const std::vector<float> expected = whole.run(tensors).dst;
    Problem single = p;
    single.batch = 1;
    const Layer part(single, session().target(), tensors, &whole);
    if (!usable(part, single)) return;
    const int64_t in = p.in_channels * geometry(p).in_spatial(), out = p.out_channels * geometry(p).out_spatial();
    for (int64_t n = 0; n < p.batch; ++n) {
      Tensors slice = tensors;
      slice.src.assign(tensors.src.begin() + n * in, tensors.src.begin() + (n + 1) * in);
      if (p.residual) slice.residual.assign(tensors.residual.begin() + n * out, tensors.residual.begin() + (n + 1) * out);
      const std::vector<float> rows(expected.begin() + n * out, expected.begin() + (n + 1) * out);
      expect_same(single, rows, part.run(slice), "batch element " + std::to_string(n) + " alone");
    }
  });
}

// One plan serves any number of threads at once. Exact values, so that every backend must agree with itself.
TEST_CASE("property: overlapping runs of one plan do not disturb each other") {
  constexpr int kThreads = 4, kRuns = 3;
  for_each_layer([](Problem p) {
    for (const int threads : {1, 2}) {
      p.threads = threads;
      const Tensors tensors = fill_tensors(p, Fill::kExact);
      const Layer layer(p, session().target(), tensors);
      if (!usable(layer, p)) continue;
      const std::vector<float> expected = layer.run(tensors).dst;
      std::vector<RunResult> results(kThreads * kRuns);
      std::vector<std::thread> pool;
      pool.reserve(kThreads);
      for (int t = 0; t < kThreads; ++t) {
        pool.emplace_back([&, t] {
          for (int r = 0; r < kRuns; ++r) results[t * kRuns + r] = layer.run(tensors);
        });
      }
      for (std::thread& thread : pool) thread.join();
      for (const RunResult& result : results) expect_same(p, expected, result, "an overlapping run");
    }
  });
}

// What the rounding of a fast algorithm may add to <deconv x, y>.
double most_difference(const Problem& p, const Tensors& tensors, const std::string& plan_description, const std::vector<double>& y) {
  const FastAlgorithm algorithm = fast_algorithm(p, plan_description);
  if (!algorithm.fast) return 0;
  const std::vector<double> magnitude = fast_magnitude(p, tensors, algorithm);
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += std::fabs(y[i]) * magnitude[i];
  return gamma_n(algorithm.terms(p.in_channels / p.groups)) * sum;
}

// <deconv x, y> == <x, conv y>: convolution by test code that shares nothing with any deconvolution. Integers: exactly equal.
TEST_CASE("property: adjoint identity") {
  for_each_layer([](Problem p) {
    p.bias = p.scale = p.residual = p.inplace = false;
    p.activation = DECONV_ACTIVATION_NONE;
    const Tensors tensors = fill_tensors(p, Fill::kExact);
    const Layer layer(p, session().target(), tensors);
    if (!usable(layer, p)) return;
    const std::vector<float> dst = layer.run(tensors).dst;
    std::vector<double> y(dst.size());
    for (size_t i = 0; i < y.size(); ++i) y[i] = static_cast<double>(hash64(i) % 7) - 3;
    const std::vector<double> x = adjoint(p, tensors.weights, y);
    double left = 0, right = 0;
    for (size_t i = 0; i < y.size(); ++i) left += dst[i] * y[i];
    for (size_t i = 0; i < x.size(); ++i) right += x[i] * tensors.src[i];
    const double most = most_difference(p, tensors, layer.plan_info().description, y);
    session().report(std::fabs(left - right) <= most, "adjoint identity broken: " + std::to_string(left) + " and " + std::to_string(right) +
                                                          "\n  layer: " + repro(p, session().target(), Fill::kExact));
  });
}

}  // namespace
}  // namespace deconv_test
