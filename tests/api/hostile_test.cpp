// SPDX-License-Identifier: Apache-2.0
// Layers that no model has but a hostile file may: nothing crashes, wraps around or asks for absurd memory, and what is legal is right.
#include <climits>
#include <string>

#include "fixture.h"

using namespace deconv_test;

namespace {

struct HostileLayer {
  std::vector<float> weights = std::vector<float>(1 << 12, 1.0f);
  deconv_params params;

  HostileLayer(int rank, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation) {
    deconv_params_init(&params);
    params.rank = rank;
    params.in_channels = in;
    params.out_channels = out;
    for (int axis = 0; axis < rank; ++axis) {
      params.kernel[axis] = kernel;
      params.stride[axis] = stride;
      params.dilation[axis] = dilation;
    }
    params.weights = weights.data();
  }
};

// Creates and plans as the library chooses, runs if the outputs are few, and returns the workspace's size (0 where it declined).
size_t survive(const deconv_params& params, int64_t in, std::vector<float>* dst) {
  deconv_operator* op = nullptr;
  CHECK(deconv_check(&params) == DECONV_OK);
  const deconv_status created = deconv_operator_create(&params, &op);
  CHECK_MESSAGE(created == DECONV_OK, deconv_last_error());
  const OperatorHandle handle(op);
  deconv_plan_options options;
  deconv_plan_options_init(&options);
  for (int axis = 0; axis < params.rank; ++axis) options.in[axis] = in;
  options.threads = 1;
  deconv_plan* plan = nullptr;
  const deconv_status planned = deconv_plan_create(op, &options, &plan);
  CHECK_MESSAGE(planned == DECONV_OK, deconv_last_error());
  const PlanHandle plan_handle(plan);
  deconv_plan_info info;
  deconv_plan_info_init(&info);
  REQUIRE(deconv_plan_get_info(plan, &info) == DECONV_OK);
  REQUIRE(info.workspace_bytes < (size_t{1} << 28));
  size_t pixels = 1;
  for (int axis = 0; axis < params.rank; ++axis) pixels *= static_cast<size_t>(in);
  const std::vector<float> src(static_cast<size_t>(params.in_channels) * pixels, 1.0f);
  dst->assign(static_cast<size_t>(params.out_channels * info.out[0] * info.out[1] * info.out[2]), -1.0f);
  std::vector<char> workspace(info.workspace_bytes + 1);
  deconv_run_args args;
  deconv_run_args_init(&args);
  args.src = src.data();
  args.dst = dst->data();
  args.workspace = workspace.data();
  args.workspace_size = workspace.size();
  CHECK(deconv_run(plan, &args) == DECONV_OK);
  return info.workspace_bytes;
}

}  // namespace

TEST_CASE("hostile: strides of any size") {
  std::vector<float> dst;
  for (const int64_t stride : {int64_t{1} << 21, int64_t{1} << 31, int64_t{1} << 48, int64_t{1} << 62, int64_t{INT64_MAX}}) {
    CAPTURE(stride);
    const HostileLayer layer(1, 4, 4, 1, stride, 1);
    survive(layer.params, 1, &dst);
    CHECK(dst == std::vector<float>(4, 4.0f));
  }
  const HostileLayer cube(3, 2, 2, 1, 500, 1);
  survive(cube.params, 1, &dst);
  CHECK(dst == std::vector<float>(2, 2.0f));
}

// Found by fuzzing: a plan of depthwise walked through every residue of an outer stride, years for one of 2^61.
TEST_CASE("hostile: strides of any size on any axis, with dilation, on every algorithm") {
  for (const int64_t stride : {int64_t{1} << 31, int64_t{INT64_MAX / 3}}) {
    for (int axis = 0; axis < 3; ++axis) {
      for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
        CAPTURE(stride);
        CAPTURE(axis);
        HostileLayer layer(3, 1, 2, 1, 1, 1);
        layer.params.kernel[axis] = 3;
        layer.params.stride[axis] = stride;
        layer.params.dilation[axis] = 5;
        layer.params.algorithm = i < 0 ? nullptr : deconv_algorithm_name("highway", i);
        if (i >= 0 && deconv_check(&layer.params) == DECONV_UNSUPPORTED) continue;
        std::vector<float> dst;
        survive(layer.params, 1, &dst);
        REQUIRE(dst.size() == 2 * 11);
        CHECK(dst[0] == 1.0f);
        CHECK(dst[1] == 0.0f);
        CHECK(dst[5] == 1.0f);
      }
    }
  }
}

TEST_CASE("hostile: dilations of any size, cut down to few outputs by pads") {
  std::vector<float> dst;
  for (const int64_t dilation : {int64_t{1} << 26, int64_t{1} << 30, int64_t{1} << 48, (int64_t{1} << 49) - 1}) {
    CAPTURE(dilation);
    HostileLayer layer(1, 64, 1, 2, 1, dilation);
    layer.params.padding.end[0] = dilation - 10;
    survive(layer.params, 1, &dst);
    REQUIRE(dst.size() == 11);
    CHECK(dst[0] == 64.0f);
    CHECK(dst[10] == 0.0f);
  }
  HostileLayer plane(2, 64, 2, 2, 1, 1);
  plane.params.dilation[0] = (int64_t{1} << 48) - 1;
  plane.params.padding.end[0] = (int64_t{1} << 48) - 10;
  survive(plane.params, 1, &dst);
  CHECK(dst[0] == 64.0f);
}

TEST_CASE("hostile: many taps for each of many phases, with dilation, on every algorithm") {
  constexpr int64_t kTaps = 1 << 18, kDilation = 3;
  const std::vector<float> weights(2 * kTaps, 1.0f);
  for (const int64_t channels : {1, 2}) {
    for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
      HostileLayer layer(1, 1, channels, kTaps, 1 << 19, kDilation);
      layer.params.weights = weights.data();
      layer.params.algorithm = i < 0 ? nullptr : deconv_algorithm_name("highway", i);
      if (i >= 0 && deconv_check(&layer.params) == DECONV_UNSUPPORTED) continue;
      CAPTURE(channels);
      CAPTURE(i);
      std::vector<float> dst;
      survive(layer.params, 1, &dst);
      REQUIRE(dst.size() == static_cast<size_t>(channels * (kDilation * (kTaps - 1) + 1)));
      int64_t wrong = 0;
      for (size_t o = 0; o < dst.size(); ++o) wrong += dst[o] != (o % (dst.size() / channels) % kDilation == 0 ? 1.0f : 0.0f);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("hostile: dilations of any size between a single tap and none, on every algorithm") {
  for (const int64_t dilation : {int64_t{1} << 40, (int64_t{1} << 61) - 1, INT64_MAX}) {
    for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
      for (const int rank : {1, 2, 3}) {
        HostileLayer layer(rank, 2, 100, 1, 1, dilation);
        layer.params.algorithm = i < 0 ? nullptr : deconv_algorithm_name("highway", i);
        if (i >= 0 && deconv_check(&layer.params) == DECONV_UNSUPPORTED) continue;
        std::vector<float> dst;
        survive(layer.params, 1, &dst);
        CHECK(dst == std::vector<float>(100, 2.0f));
      }
    }
  }
}

TEST_CASE("hostile: 2^17 phases of which one has outputs, in rows of many runs, on every algorithm") {
  constexpr int64_t kTaps = 1 << 9, kDilation = 1 << 5;
  for (const int axis : {0, 1}) {
    for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
      HostileLayer layer(2, 1, 1, 1, 1, 1);
      layer.params.kernel[axis] = kTaps;
      layer.params.dilation[axis] = kDilation;
      layer.params.stride[1 - axis] = 1 << 17;
      layer.params.algorithm = i < 0 ? nullptr : deconv_algorithm_name("highway", i);
      if (i >= 0 && deconv_check(&layer.params) == DECONV_UNSUPPORTED) continue;
      CAPTURE(axis);
      CAPTURE(i);
      std::vector<float> dst;
      survive(layer.params, 1, &dst);
      REQUIRE(dst.size() == static_cast<size_t>(kDilation * (kTaps - 1) + 1));
      int64_t wrong = 0;
      for (size_t o = 0; o < dst.size(); ++o) wrong += dst[o] != (o % kDilation == 0 ? 1.0f : 0.0f);
      CHECK(wrong == 0);
    }
  }
}

// A thousand million products, or outputs, of which two remain: no algorithm computes the others first.
TEST_CASE("hostile: pads that leave two outputs of many, on every algorithm") {
  constexpr int64_t kExtent = 1 << 17;
  const std::vector<float> weights(kExtent, 1.0f);
  for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
    for (const int64_t stride : {int64_t{1}, int64_t{2}}) {
      HostileLayer layer(1, 1, 1, kExtent, stride, 1);
      layer.params.weights = weights.data();
      layer.params.padding.begin[0] = kExtent - 2;
      layer.params.padding.end[0] = stride * (kExtent - 1);
      layer.params.algorithm = i < 0 ? nullptr : deconv_algorithm_name("highway", i);
      if (i >= 0 && deconv_check(&layer.params) == DECONV_UNSUPPORTED) continue;
      CAPTURE(i);
      CAPTURE(stride);
      std::vector<float> dst;
      survive(layer.params, kExtent, &dst);
      REQUIRE(dst.size() == 2);
      // Inputs 0, 1, .. whose first tap is at or before the output.
      CHECK(dst[0] == static_cast<float>((kExtent - 2) / stride + 1));
      CHECK(dst[1] == static_cast<float>((kExtent - 1) / stride + 1));
    }
  }
}

// What a check and an explanation calculate from channels and taps, a legal layer's weights being less than 2^63 bytes.
TEST_CASE("hostile: weights that no memory holds, on every algorithm") {
  for (const int64_t in : {int64_t{1}, int64_t{1} << 30, (int64_t{1} << 56) - 1}) {
    for (const int64_t kernel : {int64_t{2}, int64_t{3}, ((int64_t{1} << 60) - 1) / in}) {
      for (int32_t i = -1; i < deconv_algorithm_count("highway"); ++i) {
        for (const int64_t stride : {int64_t{1}, kernel / 2, kernel}) {
          HostileLayer layer(2, in, 1, 1, 1, 1);
          layer.params.kernel[1] = kernel;
          layer.params.kernel[0] = kernel < 4 ? 2 : 1;
          layer.params.stride[1] = std::max<int64_t>(1, stride);
          layer.params.algorithm = i < 0 ? nullptr : deconv_algorithm_name("highway", i);
          CAPTURE(in);
          CAPTURE(kernel);
          CAPTURE(stride);
          CAPTURE(i);
          size_t needed = 0;
          CHECK(deconv_explain(&layer.params, nullptr, 0, &needed) == DECONV_OK);
          const deconv_status status = deconv_check(&layer.params);
          CHECK((status == DECONV_OK || (i >= 0 && status == DECONV_UNSUPPORTED)));
        }
      }
    }
  }
  HostileLayer layer(1, int64_t{1} << 40, 1, 3, 1, 1);
  layer.params.algorithm = "toom_cook";
  CHECK(deconv_check(&layer.params) == DECONV_UNSUPPORTED);
  CHECK(std::string(deconv_last_error()).find("more than 2^40") != std::string::npos);
}

TEST_CASE("hostile: an expected shape is no limit, whatever it is") {
  HostileLayer layer(2, 3, 2, 2, 2, 1);
  layer.params.expected_in[0] = layer.params.expected_in[1] = INT64_MAX;
  layer.params.expected_batch = INT64_MAX;
  CHECK(deconv_check(&layer.params) == DECONV_OK);
  char text[64];
  CHECK_MESSAGE(deconv_explain(&layer.params, text, sizeof(text), nullptr) == DECONV_OK, deconv_last_error());
}

// Each extent fits, with its outputs, and their product does not.
TEST_CASE("hostile: an expected shape whose elements cannot be counted, on every backend") {
  for (const int64_t extent : {int64_t{5}, int64_t{1} << 32, INT64_MAX / 8}) {
    for (int32_t i = 0; i < deconv_backend_count(); ++i) {
      HostileLayer layer(2, 3, 2, 2, 2, 1);
      layer.params.backend = deconv_backend_name(i);
      layer.params.expected_in[0] = INT64_MAX / 4;
      layer.params.expected_in[1] = extent;
      CAPTURE(extent);
      size_t needed = 0;
      CHECK(deconv_explain(&layer.params, nullptr, 0, &needed) == DECONV_OK);
      const deconv_status status = deconv_check(&layer.params);
      const bool expected =
          status == DECONV_OK ||
          (status == DECONV_UNSUPPORTED && std::string(deconv_last_error()).find("the expected shape cannot be") != std::string::npos);
      CHECK_MESSAGE(expected, deconv_last_error());
    }
  }
}

// The smallest input that leaves an output is then as large, or larger than can be.
TEST_CASE("hostile: pads of any size, on every backend") {
  for (const int64_t pad : {INT64_MAX / 8, INT64_MAX / 2, INT64_MAX}) {
    for (int32_t i = 0; i < deconv_backend_count(); ++i) {
      HostileLayer layer(2, 3, 2, 2, 1, 1);
      layer.params.backend = deconv_backend_name(i);
      layer.params.padding.begin[0] = layer.params.padding.end[1] = pad;
      CAPTURE(pad);
      for (const int64_t other : {int64_t{0}, pad}) {
        layer.params.padding.end[0] = layer.params.padding.begin[1] = other;
        size_t needed = 0;
        const deconv_status explained = deconv_explain(&layer.params, nullptr, 0, &needed), checked = deconv_check(&layer.params);
        CHECK((explained == DECONV_OK || explained == DECONV_INVALID_ARGUMENT));
        CHECK((checked == explained || checked == DECONV_UNSUPPORTED));
      }
    }
  }
}

TEST_CASE("hostile: more threads than can be") {
  HostileLayer layer(1, 3, 2, 4, 2, 1);
  deconv_operator* op = nullptr;
  REQUIRE(deconv_operator_create(&layer.params, &op) == DECONV_OK);
  const OperatorHandle handle(op);
  deconv_plan_options options;
  deconv_plan_options_init(&options);
  options.in[0] = 1 << 20;
  options.threads = INT32_MAX;
  deconv_plan* plan = nullptr;
  REQUIRE(deconv_plan_create(op, &options, &plan) == DECONV_OK);
  const PlanHandle plan_handle(plan);
  deconv_plan_info info;
  deconv_plan_info_init(&info);
  REQUIRE(deconv_plan_get_info(plan, &info) == DECONV_OK);
  CHECK(info.threads == 1024);
}
