// SPDX-License-Identifier: Apache-2.0
// Parameters that crashed other libraries, divided by zero or wrapped around in them: here a status and words that name the field.
#include <cstdint>

#include "api/fixture.h"

using namespace deconv_test;

namespace {

struct Refusal {
  const char* report;
  void (*spoil)(deconv_params*);
  std::vector<std::string> words;
};

const Refusal kRefusals[] = {
    {"CVE-2021-29588: a stride of 0", [](deconv_params* p) { p->stride[1] = 0; }, {"stride[1]", "0"}},
    {"CVE-2021-29588: a negative stride", [](deconv_params* p) { p->stride[0] = -2; }, {"stride[0]", "-2"}},
    {"CVE-2021-41209: an empty filter", [](deconv_params* p) { p->kernel[0] = 0; }, {"kernel[0]", "0"}},
    {"CVE-2021-41209: a filter without input channels", [](deconv_params* p) { p->in_channels = 0; }, {"in_channels", "0"}},
    {"CVE-2021-41209: a filter without output channels", [](deconv_params* p) { p->out_channels = 0; }, {"out_channels", "0"}},
    {"onnxruntime 28524: a group of 0", [](deconv_params* p) { p->groups = 0; }, {"groups", "0"}},
    {"onnxruntime 28524: a dilation of 0", [](deconv_params* p) { p->dilation[0] = 0; }, {"dilation[0]", "0"}},
    {"onnxruntime 32679: negative pads", [](deconv_params* p) { p->padding.begin[1] = -7; }, {"padding.begin[1]", "-7"}},
    {"PyTorch 77901: a negative output padding",
     [](deconv_params* p) { p->padding.output[0] = -1250999896764; },
     {"padding.output[0]", "-1250999896764"}},
    {"onnxruntime 29446: an output padding of the stride", [](deconv_params* p) { p->padding.output[0] = 2; }, {"padding.output[0]", "2"}},
    {"PyTorch 142457: more dimensions than there are", [](deconv_params* p) { p->rank = 4; }, {"rank", "4"}},
    {"TensorFlow 112774: taps beyond 64 bits",
     [](deconv_params* p) { p->kernel[0] = p->kernel[1] = int64_t{1} << 40; },
     {"overflows 64 bits"}},
    {"PyTorch 142457: a dilation that overflows", [](deconv_params* p) { p->dilation[0] = INT64_MAX - 1; }, {"overflows 64 bits"}},
};

}  // namespace

TEST_CASE("public faults: what makes no sense is refused in words, by every backend") {
  for (const Refusal& refusal : kRefusals) {
    for (int32_t i = -1; i < deconv_backend_count(); ++i) {
      CAPTURE(std::string(refusal.report));
      SmallLayer layer;
      layer.params.backend = i < 0 ? nullptr : deconv_backend_name(i);
      refusal.spoil(&layer.params);
      check_invalid(layer.params, refusal.words);
    }
  }
}

TEST_CASE("public faults: shapes that are refused at plan") {
  struct Shape {
    const char* report;
    int64_t in;
    deconv_padding padding;
    std::vector<std::string> words;
  };
  const Shape shapes[] = {
      {"PyTorch 127734: pads that leave nothing", 4, {{0, 9, 0}, {0, 9, 0}, {0, 0, 0}}, {"out[1]", "empty"}},
      {"onnxruntime 32679: pads beyond the output", 4, {{1000, 0, 0}, {0, 0, 0}, {0, 0, 0}}, {"out[0]", "empty", "1000"}},
      {"PyTorch 188959: pads near the largest number", 4, {{INT64_MAX, 0, 0}, {INT64_MAX, 0, 0}, {0, 0, 0}}, {"overflows 64 bits"}},
      {"PyTorch 38970: an output beyond 64 bits", INT64_MAX / 2, {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, {"overflows 64 bits"}},
      {"PyTorch 38970: an output of more bytes than memory can have", int64_t{1} << 30, {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, {"bytes"}},
  };
  for (const Shape& shape : shapes) {
    for (int32_t i = -1; i < deconv_backend_count(); ++i) {
      CAPTURE(std::string(shape.report));
      SmallLayer layer;
      layer.params.backend = i < 0 ? nullptr : deconv_backend_name(i);
      const OperatorHandle op = layer.create();
      layer.options.in[0] = layer.options.in[1] = shape.in;
      layer.options.padding = &shape.padding;
      deconv_plan* const untouched = untouched_plan();
      deconv_plan* plan = untouched;
      CHECK(deconv_plan_create(op.get(), &layer.options, &plan) == DECONV_INVALID_ARGUMENT);
      CHECK(plan == untouched);
      check_words(shape.words);
    }
  }
}
