// SPDX-License-Identifier: Apache-2.0
// Parameters that no backend could run: the status, and words that name the field and its value.
#include <cmath>
#include <cstring>
#include <limits>

#include "api/fixture.h"

using namespace deconv_test;

namespace {

// Stores a number that is no enumerator without the compiler's knowledge.
template <class E>
void set_raw(E* field, int value) {
  static_assert(sizeof(E) == sizeof(value), "C enums are ints");
  std::memcpy(field, &value, sizeof(value));
}

}  // namespace

TEST_CASE("bad params: NULL") {
  deconv_operator* op = nullptr;
  CHECK(deconv_operator_create(nullptr, &op) == DECONV_INVALID_ARGUMENT);
  check_words({"params", "NULL"});
  CHECK(op == nullptr);
  CHECK(deconv_check(nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"params", "NULL"});
  SmallLayer layer;
  CHECK(deconv_operator_create(&layer.params, nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"op", "NULL"});
  layer.params.weights = nullptr;
  CHECK(deconv_operator_create(&layer.params, &op) == DECONV_INVALID_ARGUMENT);
  check_words({"weights", "NULL"});
  CHECK(deconv_check(&layer.params) == DECONV_OK);  // documented: check needs no weights
}

TEST_CASE("bad params: struct_size") {
  SmallLayer layer;
  for (const size_t size : {size_t{0}, sizeof(deconv_params) - 8, sizeof(deconv_params) + 8}) {
    layer.params.struct_size = size;
    check_invalid(layer.params, {"struct_size", std::to_string(size), "deconv_params_init"});
  }
}

TEST_CASE("bad params: rank") {
  for (const int rank : {0, 4, -1}) {
    SmallLayer layer;
    layer.params.rank = rank;
    check_invalid(layer.params, {"rank", std::to_string(rank)});
  }
}

TEST_CASE("bad params: channels and groups") {
  for (const int64_t bad : {int64_t{0}, int64_t{-3}}) {
    SmallLayer layer;
    layer.params.groups = bad;
    check_invalid(layer.params, {"groups", std::to_string(bad)});
    layer = SmallLayer();
    layer.params.in_channels = bad;
    check_invalid(layer.params, {"in_channels", std::to_string(bad)});
    layer = SmallLayer();
    layer.params.out_channels = bad;
    check_invalid(layer.params, {"out_channels", std::to_string(bad)});
  }
  SmallLayer layer;
  layer.params.groups = 4;
  layer.params.out_channels = 10;
  check_invalid(layer.params, {"out_channels = 10", "not divisible", "groups = 4"});
  layer.params.in_channels = 6;
  check_invalid(layer.params, {"in_channels = 6", "not divisible", "groups = 4"});
}

TEST_CASE("bad params: kernel, stride and dilation on every axis") {
  for (int axis = 0; axis < 2; ++axis) {
    for (const int64_t bad : {int64_t{0}, int64_t{-1}}) {
      const std::string at = "[" + std::to_string(axis) + "]", value = std::to_string(bad);
      SmallLayer kernel, stride, dilation;
      kernel.params.kernel[axis] = bad;
      check_invalid(kernel.params, {"kernel" + at, value});
      stride.params.stride[axis] = bad;
      check_invalid(stride.params, {"stride" + at, value});
      dilation.params.dilation[axis] = bad;
      check_invalid(dilation.params, {"dilation" + at, value});
    }
  }
}

TEST_CASE("bad params: entries past the rank are ignored") {
  SmallLayer layer;
  layer.params.kernel[2] = -7;
  layer.params.stride[2] = 0;
  layer.params.padding.begin[2] = -1;
  layer.params.expected_in[2] = -5;
  CHECK(deconv_check(&layer.params) == DECONV_OK);
}

TEST_CASE("bad params: pads") {
  for (int axis = 0; axis < 2; ++axis) {
    const std::string at = "[" + std::to_string(axis) + "]";
    SmallLayer begin, end, output, limit;
    begin.params.padding.begin[axis] = -1;
    check_invalid(begin.params, {"padding.begin" + at, "-1"});
    end.params.padding.end[axis] = -2;
    check_invalid(end.params, {"padding.end" + at, "-2"});
    output.params.padding.output[axis] = -3;
    check_invalid(output.params, {"padding.output" + at, "-3"});
    const int64_t too_large = limit.params.stride[axis];
    limit.params.padding.output[axis] = too_large;
    check_invalid(limit.params, {"padding.output" + at, std::to_string(too_large), "stride", "dilation"});
    limit.params.dilation[axis] = too_large + 1;  // the larger of the two is the limit
    CHECK(deconv_check(&limit.params) == DECONV_OK);
  }
}

TEST_CASE("bad params: products that overflow 64 bits") {
  constexpr int64_t kHuge = int64_t{1} << 40;
  SmallLayer layer;
  layer.params.groups = 1;
  layer.params.in_channels = layer.params.out_channels = kHuge;
  check_invalid(layer.params, {"weights", "overflows"});
  layer = SmallLayer();
  layer.params.kernel[0] = layer.params.kernel[1] = kHuge;
  check_invalid(layer.params, {"weights", "overflows"});
  layer = SmallLayer();
  layer.params.dilation[0] = std::numeric_limits<int64_t>::max();
  check_invalid(layer.params, {"dilation", "overflows"});
}

TEST_CASE("bad params: unknown enums") {
  for (const int bad : {-1, 99}) {
    const std::string value = std::to_string(bad);
    const auto spoil = [&](auto member, const char* name) {
      SmallLayer layer;
      set_raw(&(layer.params.*member), bad);
      check_invalid(layer.params, {name, value});
    };
    spoil(&deconv_params::src_type, "src_type");
    spoil(&deconv_params::weights_type, "weights_type");
    spoil(&deconv_params::dst_type, "dst_type");
    spoil(&deconv_params::src_layout, "src_layout");
    spoil(&deconv_params::dst_layout, "dst_layout");
    spoil(&deconv_params::weights_layout, "weights_layout");
    spoil(&deconv_params::weights_form, "weights_form");
    spoil(&deconv_params::activation, "activation");
    spoil(&deconv_params::accuracy, "accuracy");
    spoil(&deconv_params::has_residual, "has_residual");
  }
}

TEST_CASE("bad params: data types that this version lacks are unsupported, not invalid") {
  for (const deconv_data_type type : {DECONV_BF16, DECONV_F16, DECONV_S8, DECONV_U8}) {
    SmallLayer src, weights, dst;
    src.params.src_type = type;
    check_rejected(src.params, DECONV_UNSUPPORTED, {"src_type", std::to_string(type)});
    weights.params.weights_type = type;
    check_rejected(weights.params, DECONV_UNSUPPORTED, {"weights_type", std::to_string(type)});
    dst.params.dst_type = type;
    check_rejected(dst.params, DECONV_UNSUPPORTED, {"dst_type", std::to_string(type)});
  }
}

TEST_CASE("bad params: activations") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  SmallLayer layer;
  layer.params.activation = DECONV_ACTIVATION_CLAMP;
  layer.params.clamp_min = nan;
  layer.params.clamp_max = 1;
  check_invalid(layer.params, {"clamp_min", "NaN"});
  layer.params.clamp_min = 0;
  layer.params.clamp_max = nan;
  check_invalid(layer.params, {"clamp_max", "NaN"});
  layer.params.clamp_min = 2;
  layer.params.clamp_max = -2;
  check_invalid(layer.params, {"clamp_min = 2", "clamp_max = -2"});
  layer.params.clamp_min = -std::numeric_limits<float>::infinity();
  layer.params.clamp_max = std::numeric_limits<float>::infinity();
  CHECK(deconv_check(&layer.params) == DECONV_OK);
  layer.params.activation = DECONV_ACTIVATION_LEAKY_RELU;
  layer.params.alpha = nan;
  check_invalid(layer.params, {"alpha", "NaN"});
  layer.params.activation = DECONV_ACTIVATION_PRELU;
  check_invalid(layer.params, {"prelu_slopes", "NULL"});
  layer.params.activation = DECONV_ACTIVATION_RELU;  // alpha and slopes of other activations do not matter
  CHECK(deconv_check(&layer.params) == DECONV_OK);
}

TEST_CASE("bad params: expectations") {
  SmallLayer layer;
  layer.params.expected_batch = -1;
  check_invalid(layer.params, {"expected_batch", "-1"});
  layer = SmallLayer();
  layer.params.expected_in[1] = -4;
  check_invalid(layer.params, {"expected_in[1]", "-4"});
  layer = SmallLayer();
  layer.params.expected_threads = -2;
  check_invalid(layer.params, {"expected_threads", "-2"});
}
