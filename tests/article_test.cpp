// SPDX-License-Identifier: Apache-2.0
// The worked example of the article that this project starts from: 4 channels of 3x3 to 2 channels of 6x6, kernel 3, stride 2, SAME,
// on every backend in both forms.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "deconv/deconv.h"
#include "support/handles.h"
#include "support/layouts.h"
#include "support/reference.h"

using namespace deconv_test;

namespace {

// [4][3][3]
const std::vector<float> kInput = {1, 0, 1, 0, 2, 1, 1, 1, 0, 2, 0, 2, 0, 1, 0, 1, 0, 0,
                                   1, 1, 1, 2, 2, 0, 1, 1, 1, 1, 1, 2, 1, 0, 1, 0, 2, 2};
// [out 2][in 4][3][3], correlation form: as one correlates the zero-inserted input with them
const std::vector<float> kWeights = {1,  0, 1, -1, 1, 0, 0, -1, 0, -1, 0, 1, 0, 0,  1, 1,  1, 1, 0, 1,  1, 2,  0, 1,
                                     1,  2, 1, 1,  1, 1, 0, 2,  1, 1,  0, 1, 1, 0,  2, -2, 1, 1, 1, -1, 0, -1, 0, 1,
                                     -1, 2, 1, 1,  1, 1, 0, 0,  0, 2,  2, 1, 1, -1, 1, 2,  1, 1, 0, -1, 1, 1,  1, 1};
// [2][6][6]
const std::vector<float> kOutput = {4, 3, 6,  2,  7,  3, 4, 3, 3, 2, 7, 5, 8, 6, 8,  5, 11, 2, 3, 2, 7, 2, 3, 3,
                                    5, 5, 11, 3,  9,  3, 2, 1, 4, 5, 4, 4, 4, 1, 7,  0, 7,  2, 5, 6, 0, 1, 8, 5,
                                    8, 0, 8,  -2, 14, 2, 3, 3, 9, 8, 1, 0, 3, 0, 13, 0, 11, 2, 3, 5, 3, 1, 3, 0};

deconv_params article_params(const char* backend) {
  deconv_params params;
  deconv_params_init(&params);
  params.in_channels = 4;
  params.out_channels = 2;
  params.kernel[0] = params.kernel[1] = 3;
  params.stride[0] = params.stride[1] = 2;
  params.backend = backend;
  return params;
}

// TensorFlow's weights: rotated by 180 degrees, laid out height, width, out, in.
std::vector<float> tensorflow_weights() {
  std::vector<float> result;
  for (int tap = 8; tap >= 0; --tap) {
    for (int oc = 0; oc < 2; ++oc)
      for (int ic = 0; ic < 4; ++ic) result.push_back(kWeights[(oc * 4 + ic) * 9 + tap]);
  }
  return result;
}

// The output in canonical order; empty where the backend declines.
std::vector<float> compute(const deconv_params& params, const std::vector<float>& src) {
  deconv_operator* op = nullptr;
  const deconv_status created = deconv_operator_create(&params, &op);
  const OperatorHandle op_owner(op);
  if (created == DECONV_UNSUPPORTED) return {};
  REQUIRE(created == DECONV_OK);
  deconv_plan_options options;
  deconv_plan_options_init(&options);
  options.in[0] = options.in[1] = 3;
  deconv_plan* plan = nullptr;
  REQUIRE(deconv_plan_create(op, &options, &plan) == DECONV_OK);
  const PlanHandle plan_owner(plan);
  deconv_plan_info info;
  deconv_plan_info_init(&info);
  REQUIRE(deconv_plan_get_info(plan, &info) == DECONV_OK);
  REQUIRE(info.out[0] == 6);
  REQUIRE(info.out[1] == 6);
  std::vector<char> workspace(info.workspace_bytes + 1);
  std::vector<float> dst(2 * 6 * 6);
  deconv_run_args args;
  deconv_run_args_init(&args);
  args.src = src.data();
  args.dst = dst.data();
  args.workspace = workspace.data();
  args.workspace_size = info.workspace_bytes;
  REQUIRE(deconv_run(plan, &args) == DECONV_OK);
  return from_layout(params.dst_layout, 1, 2, 36, dst.data());
}

template <class F>
void for_each_backend(const F& f) {
  int computed = 0;
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    const char* const backend = deconv_backend_name(i);
    CAPTURE(std::string(backend));
    const std::vector<float> dst = f(backend);
    if (dst.empty()) continue;
    CHECK(dst == kOutput);
    ++computed;
  }
  CHECK(computed >= 2);
}

}  // namespace

TEST_CASE("article: hand-written form, weights as given, channels first, pads 0 and 1") {
  for_each_backend([](const char* backend) {
    deconv_params params = article_params(backend);
    params.weights_layout = DECONV_WEIGHTS_OI;
    params.weights_form = DECONV_FORM_CORRELATION;
    params.weights = kWeights.data();
    params.padding.end[0] = params.padding.end[1] = 1;
    return compute(params, kInput);
  });
}

TEST_CASE("article: TensorFlow conv2d_transpose, rotated HWOI weights, channels last, SAME") {
  const std::vector<float> weights = tensorflow_weights();
  std::vector<float> src(kInput.size());
  to_layout(DECONV_CHANNELS_LAST, 1, 4, 9, kInput, src.data());
  for_each_backend([&](const char* backend) {
    deconv_params params = article_params(backend);
    params.src_layout = params.dst_layout = DECONV_CHANNELS_LAST;
    params.weights_layout = DECONV_WEIGHTS_SPATIAL_OI;
    params.weights = weights.data();
    REQUIRE(deconv_resolve_padding(&params, nullptr, DECONV_PADDING_SAME_UPPER, nullptr, &params.padding) == DECONV_OK);
    CHECK(params.padding.begin[0] == 0);
    CHECK(params.padding.end[0] == 1);
    return compute(params, src);
  });
}

TEST_CASE("article: zero-insert and correlate, as the tests' second reference") {
  const Problem p = parse_problem("d2 n1 g1 ic4 oc2 ih3x3 k3x3 s2x2 pe1x1");
  Tensors tensors;
  tensors.src = kInput;
  tensors.weights.resize(kWeights.size());
  for (int oc = 0; oc < 2; ++oc) {
    for (int ic = 0; ic < 4; ++ic)
      for (int tap = 0; tap < 9; ++tap) tensors.weights[(ic * 2 + oc) * 9 + tap] = kWeights[(oc * 4 + ic) * 9 + 8 - tap];
  }
  CHECK(article_reference(p, tensors) == std::vector<double>(kOutput.begin(), kOutput.end()));
}
