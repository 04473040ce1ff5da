// SPDX-License-Identifier: Apache-2.0
// ONNX's words for pads, which onnxruntime had wrong for years: what deconv_resolve_padding makes of them, and that the layer then has the
// extents that were asked for.
#include "api/fixture.h"

using namespace deconv_test;

namespace {

struct Resolved {
  const char* report;
  int64_t in, kernel, stride, dilation, output_padding;
  deconv_padding_mode mode;
  int64_t output_shape;  // 0: none
  int64_t begin, end, output, out;
};

constexpr Resolved kResolved[] = {
    {"4086: SAME keeps the extent at stride 1", 2, 3, 1, 1, 0, DECONV_PADDING_SAME_UPPER, 0, 1, 1, 0, 2},
    {"4698: SAME is not VALID", 5, 3, 2, 1, 0, DECONV_PADDING_SAME_UPPER, 0, 0, 1, 0, 10},
    {"6067: the odd element at the beginning", 5, 3, 2, 1, 0, DECONV_PADDING_SAME_LOWER, 0, 1, 0, 0, 10},
    {"6067: input times stride where the kernel is shorter", 3, 2, 4, 1, 0, DECONV_PADDING_SAME_LOWER, 0, 0, 0, 2, 12},
    {"11927: output padding does not make SAME longer", 3, 3, 2, 1, 1, DECONV_PADDING_SAME_UPPER, 0, 0, 1, 0, 6},
    {"9370: the larger half is at the end", 4, 4, 1, 1, 0, DECONV_PADDING_SAME_UPPER, 0, 1, 2, 0, 4},
    {"13311: an output shape without a word", 5, 4, 2, 1, 0, DECONV_PADDING_EXPLICIT, 9, 2, 1, 0, 9},
    {"13311: an output shape beside VALID", 5, 4, 2, 1, 0, DECONV_PADDING_VALID, 9, 2, 1, 0, 9},
    {"13311: an output shape beside SAME_LOWER", 5, 4, 2, 1, 0, DECONV_PADDING_SAME_LOWER, 9, 2, 1, 0, 9},
    {"13311: an output shape beside SAME_UPPER", 5, 4, 2, 1, 0, DECONV_PADDING_SAME_UPPER, 9, 1, 2, 0, 9},
    {"29446: an output longer than the taps reach", 5, 2, 3, 1, 0, DECONV_PADDING_EXPLICIT, 16, 0, 0, 2, 16},
    {"29446: as far as the dilation allows", 5, 2, 1, 4, 0, DECONV_PADDING_EXPLICIT, 12, 0, 0, 3, 12},
};

deconv_params params_of(const Resolved& r) {
  deconv_params params;
  deconv_params_init(&params);
  params.rank = 1;
  params.in_channels = params.out_channels = 1;
  params.kernel[0] = r.kernel;
  params.stride[0] = r.stride;
  params.dilation[0] = r.dilation;
  params.padding.output[0] = r.output_padding;
  return params;
}

}  // namespace

TEST_CASE("public faults: onnxruntime's pads") {
  for (const Resolved& r : kResolved) {
    CAPTURE(std::string(r.report));
    deconv_params params = params_of(r);
    const int64_t* const shape = r.output_shape == 0 ? nullptr : &r.output_shape;
    REQUIRE(deconv_resolve_padding(&params, &r.in, r.mode, shape, &params.padding) == DECONV_OK);
    CHECK(params.padding.begin[0] == r.begin);
    CHECK(params.padding.end[0] == r.end);
    CHECK(params.padding.output[0] == r.output);
    int64_t out = 0;
    REQUIRE(deconv_output_shape(&params, &r.in, &out) == DECONV_OK);
    CHECK(out == r.out);
  }
}

// There the columns past the last input were read from memory behind it.
TEST_CASE("public faults: onnxruntime 29446: an output that no input reaches is refused") {
  for (const int64_t wanted : {int64_t{17}, int64_t{1} << 40, INT64_MAX}) {
    deconv_params params = params_of({"", 5, 2, 3, 1, 0, DECONV_PADDING_EXPLICIT, wanted, 0, 0, 0, 0});
    const int64_t in = 5;
    deconv_padding padding;
    CHECK(deconv_resolve_padding(&params, &in, DECONV_PADDING_EXPLICIT, &wanted, &padding) == DECONV_INVALID_ARGUMENT);
    check_words({"output_shape", "output padding"});
  }
}
