// SPDX-License-Identifier: Apache-2.0
// What of the ONNX Runtime library needs no runtime: ONNX's rules about pads and shapes, halves, plans by shape.
#include "layer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <thread>

#include "half.h"
#include "plan_cache.h"

using namespace deconv_ort;

namespace {

struct Pads {
  Dims begin, end, output;
};

// Of a layer of one axis.
Pads pads_of(const Attributes& attributes, int64_t kernel, int64_t in) {
  const Layer layer(attributes, {1, 1, kernel});
  const deconv_padding padding = layer.padding({1, 1, in});
  return {{padding.begin[0]}, {padding.end[0]}, {padding.output[0]}};
}

std::string words_of(const Attributes& attributes, const Dims& weights, const Dims& x) {
  try {
    Layer(attributes, weights).output_dims(x);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

bool mentions(const std::string& words, const char* part) { return words.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("layer: explicit pads, and none") {
  Attributes attributes;
  attributes.strides = {2, 3};
  attributes.pads = {1, 0, 2, 1};
  attributes.output_padding = {1, 2};
  CHECK(Layer(attributes, {4, 3, 3, 5}).output_dims({7, 4, 5, 6}) == Dims{7, 3, 4 * 2 + 3 - 3 + 1, 5 * 3 + 5 - 1 + 2});
  attributes.auto_pad = AutoPad::kValid;  // pads do not count then
  CHECK(Layer(attributes, {4, 3, 3, 5}).output_dims({7, 4, 5, 6}) == Dims{7, 3, 4 * 2 + 3 + 1, 5 * 3 + 5 + 2});
}

TEST_CASE("layer: SAME gives in * stride; the odd element goes to the side that the word names") {
  Attributes attributes;
  attributes.strides = {2};
  attributes.auto_pad = AutoPad::kSameUpper;
  Pads pads = pads_of(attributes, 5, 7);  // 17 - 14 = 3
  CHECK(pads.begin == Dims{1});
  CHECK(pads.end == Dims{2});
  attributes.auto_pad = AutoPad::kSameLower;
  pads = pads_of(attributes, 5, 7);
  CHECK(pads.begin == Dims{2});
  CHECK(pads.end == Dims{1});
  attributes.strides = {4};
  pads = pads_of(attributes, 3, 7);  // 27 of 28: a kernel that does not reach
  CHECK(pads.begin == Dims{0});
  CHECK(pads.end == Dims{0});
  CHECK(pads.output == Dims{0});
}

TEST_CASE("layer: output_shape decides, with or without batch and channels") {
  for (const Dims& shape : {Dims{14}, Dims{1, 1, 14}}) {
    Attributes attributes;
    attributes.strides = {2};
    attributes.output_shape = shape;
    Pads pads = pads_of(attributes, 5, 7);  // 17 - 14 = 3: the larger half goes to the beginning
    CHECK(pads.begin == Dims{2});
    CHECK(pads.end == Dims{1});
    attributes.auto_pad = AutoPad::kSameUpper;
    pads = pads_of(attributes, 5, 7);
    CHECK(pads.begin == Dims{1});
    CHECK(pads.end == Dims{2});
  }
  Attributes attributes;
  attributes.strides = {2};
  attributes.output_shape = {18};
  CHECK(pads_of(attributes, 5, 7).output == Dims{1});
  CHECK(Layer(attributes, {1, 1, 5}).output_dims({-1, 1, 7}) == Dims{-1, 1, 18});
  CHECK(Layer(attributes, {1, 1, 5}).output_dims({3, 1, -1}) == Dims{3, 1, 18});
}

TEST_CASE("layer: unknown extents stay unknown") {
  const Layer layer(Attributes(), {4, 3, 3, 5});
  CHECK(layer.output_dims({-1, -1, 5, -1}) == Dims{-1, 3, -1, -1});
}

TEST_CASE("layer: what does not fit is named") {
  const Dims weights = {4, 3, 3, 5}, x = {1, 4, 5, 6};
  Attributes attributes;
  CHECK(words_of(attributes, weights, x).empty());
  CHECK(mentions(words_of(attributes, {4, 3}, x), "W has dims [4, 3]"));
  CHECK(mentions(words_of(attributes, {4, 3, 1, 1, 1, 1}, x), "3 to 5"));
  CHECK(mentions(words_of(attributes, weights, {1, 5, 5, 6}), "X has dims [1, 5, 5, 6]"));
  CHECK(mentions(words_of(attributes, weights, {1, 4, 5}), "X has dims [1, 4, 5]"));
  attributes.pads = {1, 1};
  CHECK(mentions(words_of(attributes, weights, x), "pads = [1, 1] must have 4 values"));
  attributes = Attributes();
  attributes.kernel_shape = {3, 4};
  CHECK(mentions(words_of(attributes, weights, x), "kernel_shape = [3, 4]"));
  attributes = Attributes();
  attributes.output_shape = {0, 5};
  CHECK(mentions(words_of(attributes, weights, x), "output_shape = [0, 5]"));
  attributes = Attributes();
  attributes.group = INT64_MAX;
  CHECK(mentions(words_of(attributes, weights, x), "does not fit 64 bits"));
}

TEST_CASE("halves: every one is read right, and written again as it was") {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    float value = 0;
    halves_to_floats(&half, &value, 1);
    const int exponent = static_cast<int>(bits >> 10 & 31), mantissa = static_cast<int>(bits & 1023);
    if (exponent == 31) {
      CHECK((mantissa == 0 ? std::isinf(value) : std::isnan(value)));
    } else {
      const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
      CHECK(std::fabs(value) == magnitude);
    }
    CHECK(std::signbit(value) == (bits >> 15 != 0));
    uint16_t again = 0;
    floats_to_halves(&value, &again, 1);
    if (!std::isnan(value)) CHECK(again == half);
    if (std::isnan(value)) CHECK((again & 0x7fff) > 0x7c00);
  }
}

TEST_CASE("halves: between two of them the nearer is written, in the middle the even one") {
  for (uint32_t bits = 0; bits < 0x7c00; ++bits) {
    const auto lower = static_cast<uint16_t>(bits);
    uint16_t upper = static_cast<uint16_t>(bits + 1), written = 0;
    float low = 0, high = 65536.0f;  // infinity's place
    halves_to_floats(&lower, &low, 1);
    if (upper < 0x7c00) halves_to_floats(&upper, &high, 1);
    const float middle = low + (high - low) / 2;
    floats_to_halves(&middle, &written, 1);
    CHECK(written == (bits % 2 == 0 ? lower : upper));
    const float below = std::nextafter(middle, 0.0f), above = std::nextafter(middle, 1e9f);
    floats_to_halves(&below, &written, 1);
    CHECK(written == lower);
    floats_to_halves(&above, &written, 1);
    CHECK(written == upper);
  }
}

TEST_CASE("plans: as many as are kept, right for each shape, from any thread") {
  const std::vector<float> weights(4 * 3 * 3, 1.0f);
  const Layer layer(Attributes(), {4, 3, 3});
  deconv_params params = layer.params();
  params.weights = weights.data();
  const deconv::Operator op(params);
  PlanCache cache;
  const auto first = cache.get(op, layer, {1, 4, 100}, 1);
  CHECK(first->y == Dims{1, 3, 102});
  CHECK(cache.get(op, layer, {1, 4, 100}, 1).get() == first.get());
  CHECK(cache.get(op, layer, {1, 4, 100}, 2).get() != first.get());

  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const int64_t extent = 1 + (i * 7 + t) % 40;
        const auto found = cache.get(op, layer, {2, 4, extent}, 1);
        if (found->x != Dims{2, 4, extent} || found->y != Dims{2, 3, extent + 2}) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(first->plan.out()[0] == 102);                          // dropped there long ago, alive here
  CHECK(cache.get(op, layer, {1, 4, 100}, 1)->y == first->y);  // made anew
}
