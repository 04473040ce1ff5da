// SPDX-License-Identifier: Apache-2.0
// deconv_resolve_padding: TensorFlow's and ONNX's words become numbers.
#include <algorithm>

#include "api/fixture.h"

using namespace deconv_test;

namespace {

deconv_params axis_params(int64_t kernel, int64_t stride, int64_t dilation = 1) {
  deconv_params params;
  deconv_params_init(&params);
  params.rank = 1;
  params.in_channels = params.out_channels = 1;
  params.kernel[0] = kernel;
  params.stride[0] = stride;
  params.dilation[0] = dilation;
  return params;
}

void check_padding(const deconv_params& params, deconv_padding_mode mode, const int64_t* in, const int64_t* shape, int64_t begin,
                   int64_t end, int64_t output) {
  deconv_padding padding;
  std::fill(std::begin(padding.begin), std::end(padding.begin), -9);
  REQUIRE(deconv_resolve_padding(&params, in, mode, shape, &padding) == DECONV_OK);
  CHECK(padding.begin[0] == begin);
  CHECK(padding.end[0] == end);
  CHECK(padding.output[0] == output);
}

}  // namespace

TEST_CASE("padding: SAME makes O = I * S") {
  for (int64_t k = 1; k <= 6; ++k) {
    for (int64_t s = 1; s <= 4; ++s) {
      for (int64_t d = 1; d <= 2; ++d) {
        for (const auto mode : {DECONV_PADDING_SAME_UPPER, DECONV_PADDING_SAME_LOWER}) {
          deconv_params params = axis_params(k, s, d);
          REQUIRE(deconv_resolve_padding(&params, nullptr, mode, nullptr, &params.padding) == DECONV_OK);
          const int64_t in = 5;
          int64_t out = 0;
          REQUIRE(deconv_output_shape(&params, &in, &out) == DECONV_OK);
          CHECK(out == in * s);
          const int64_t total = std::max<int64_t>(d * (k - 1) + 1 - s, 0);
          CHECK(params.padding.begin[0] + params.padding.end[0] == total);
          CHECK(params.padding.begin[0] == (mode == DECONV_PADDING_SAME_UPPER ? total / 2 : total - total / 2));
        }
      }
    }
  }
}

TEST_CASE("padding: the odd element") {
  check_padding(axis_params(3, 2), DECONV_PADDING_SAME_UPPER, nullptr, nullptr, 0, 1, 0);  // TensorFlow SAME, the article's layer
  check_padding(axis_params(3, 2), DECONV_PADDING_SAME_LOWER, nullptr, nullptr, 1, 0, 0);
  check_padding(axis_params(4, 2), DECONV_PADDING_SAME_UPPER, nullptr, nullptr, 1, 1, 0);
  check_padding(axis_params(2, 3), DECONV_PADDING_SAME_UPPER, nullptr, nullptr, 0, 0, 1);  // kernel < stride: the output grows
}

TEST_CASE("padding: EXPLICIT keeps, VALID clears the pads") {
  deconv_params params = axis_params(4, 3);
  params.padding.begin[0] = 1;
  params.padding.end[0] = 2;
  params.padding.output[0] = 1;
  check_padding(params, DECONV_PADDING_EXPLICIT, nullptr, nullptr, 1, 2, 1);
  check_padding(params, DECONV_PADDING_VALID, nullptr, nullptr, 0, 0, 1);
}

// ONNX ConvTranspose: total = S*(I-1) + output_padding + D*(K-1)+1 - output_shape; SAME_UPPER gives the larger half to the end, others to
// the begin.
TEST_CASE("padding: an explicit output shape as ONNX defines it") {
  const int64_t in = 5;  // K = 4, S = 2: full = 12
  for (const auto mode : {DECONV_PADDING_EXPLICIT, DECONV_PADDING_SAME_LOWER, DECONV_PADDING_VALID}) {
    int64_t shape = 9;
    check_padding(axis_params(4, 2), mode, &in, &shape, 2, 1, 0);
    shape = 10;
    check_padding(axis_params(4, 2), mode, &in, &shape, 1, 1, 0);
  }
  int64_t shape = 9;
  check_padding(axis_params(4, 2), DECONV_PADDING_SAME_UPPER, &in, &shape, 1, 2, 0);
  shape = 12;
  check_padding(axis_params(4, 2), DECONV_PADDING_SAME_UPPER, &in, &shape, 0, 0, 0);
  shape = 13;  // one more than the taps reach: output padding
  check_padding(axis_params(4, 2), DECONV_PADDING_SAME_UPPER, &in, &shape, 0, 0, 1);
  deconv_params padded = axis_params(4, 2);
  padded.padding.output[0] = 1;
  shape = 10;
  check_padding(padded, DECONV_PADDING_EXPLICIT, &in, &shape, 2, 1, 1);
}

TEST_CASE("padding: the resolved pads give the shape that was asked for") {
  for (int64_t k = 1; k <= 5; ++k) {
    for (int64_t s = 1; s <= 4; ++s) {
      for (int64_t want = 1; want <= 4 * s + k + s - 1; ++want) {
        deconv_params params = axis_params(k, s);
        const int64_t in = 5;
        REQUIRE(deconv_resolve_padding(&params, &in, DECONV_PADDING_SAME_UPPER, &want, &params.padding) == DECONV_OK);
        int64_t out = 0;
        REQUIRE(deconv_output_shape(&params, &in, &out) == DECONV_OK);
        CHECK(out == want);
      }
    }
  }
}

TEST_CASE("padding: every axis by itself, entries past the rank are zero") {
  SmallLayer layer;  // kernel 3x2, stride 2x3
  deconv_padding padding;
  REQUIRE(deconv_resolve_padding(&layer.params, nullptr, DECONV_PADDING_SAME_UPPER, nullptr, &padding) == DECONV_OK);
  CHECK(padding.end[0] == 1);
  CHECK(padding.output[0] == 0);
  CHECK(padding.end[1] == 0);
  CHECK(padding.output[1] == 1);
  CHECK(padding.begin[2] == 0);
}

// An unknown mode: c_api_test.c, because C++ may not even pass one.
TEST_CASE("padding: errors") {
  deconv_params params = axis_params(4, 2);
  deconv_padding padding;
  padding.begin[0] = -9;
  const int64_t in = 5, zero = 0, unreachable = 14;
  const auto rejected = [&](const int64_t* from, deconv_padding_mode mode, const int64_t* shape) {
    CHECK(deconv_resolve_padding(&params, from, mode, shape, &padding) == DECONV_INVALID_ARGUMENT);
    CHECK(padding.begin[0] == -9);
  };
  rejected(&in, DECONV_PADDING_EXPLICIT, &unreachable);
  check_words({"output_shape", "output padding 2", "stride"});
  rejected(&in, DECONV_PADDING_EXPLICIT, &zero);
  check_words({"output_shape[0]", "0"});
  rejected(nullptr, DECONV_PADDING_EXPLICIT, &in);
  check_words({"in", "NULL"});
  rejected(&zero, DECONV_PADDING_EXPLICIT, &in);
  check_words({"in[0]", "0"});
  CHECK(deconv_resolve_padding(&params, &in, DECONV_PADDING_VALID, nullptr, nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"padding", "NULL"});
  CHECK(deconv_resolve_padding(nullptr, &in, DECONV_PADDING_VALID, nullptr, &padding) == DECONV_INVALID_ARGUMENT);
  check_words({"params", "NULL"});
  params.kernel[0] = 0;
  rejected(&in, DECONV_PADDING_VALID, nullptr);
  check_words({"kernel[0]", "0"});
}
