// SPDX-License-Identifier: Apache-2.0
// Who may go when, what a plan says and may override, and whose words deconv_last_error returns.
#include <thread>

#include "api/fixture.h"
#include "support/check.h"
#include "support/layer.h"
#include "support/reference.h"

using namespace deconv_test;

TEST_CASE("lifetime: NULL may be destroyed") {
  deconv_operator_destroy(nullptr);
  deconv_plan_destroy(nullptr);
}

TEST_CASE("lifetime: weights may go after create, the operator after plan") {
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    SmallLayer layer;
    layer.params.backend = deconv_backend_name(i);
    CAPTURE(std::string(layer.params.backend));
    OperatorHandle op = layer.create();
    const PlanHandle plan = layer.plan(op.get());
    layer.weights.assign(layer.weights.size(), -99.0f);
    layer.bias.assign(layer.bias.size(), -99.0f);
    op.reset();
    deconv_plan_info info;
    deconv_plan_info_init(&info);
    REQUIRE(deconv_plan_get_info(plan.get(), &info) == DECONV_OK);
    std::vector<float> src(4 * 4 * 5, 1.0f), dst(6 * 9 * 14, -1.0f);
    std::vector<char> workspace(info.workspace_bytes + 1);
    deconv_run_args args;
    deconv_run_args_init(&args);
    args.src = src.data();
    args.dst = dst.data();
    args.workspace = workspace.data();
    args.workspace_size = info.workspace_bytes;
    REQUIRE(deconv_run(plan.get(), &args) == DECONV_OK);
    CHECK(dst[0] == 4.0f);   // one tap, two channels, and the bias of 2
    CHECK(dst[2] == 2.0f);   // column 2 of stride 3 is reached by no tap of a kernel of 2
    CHECK(dst[28] == 6.0f);  // row 2: two taps
  }
}

TEST_CASE("plan: figures") {
  const Problem p = parse_problem("d2 n3 g2 ic4 oc6 ih4x5 k3x2 s2x3 d2x1 pb1x0 pe0x1 op1x2 bias scale residual prelu");
  const Tensors tensors = fill_tensors(p, Fill::kExact);
  const Layer layer(p, {"naive", "", ""}, tensors);
  REQUIRE(layer.status() == DECONV_OK);
  const deconv_plan_info& info = layer.plan_info();
  CHECK(info.out[0] == 11);
  CHECK(info.out[1] == 15);
  CHECK(info.out[2] == 1);
  CHECK(info.flops == 2 * count_products(p));
  const int64_t dst = 3 * 6 * 11 * 15;
  CHECK(info.bytes == 4 * (3 * 4 * 4 * 5 + 4 * 3 * 3 * 2 + 3 * 6 + 2 * dst));
  CHECK(info.threads == 1);
  CHECK(std::string(info.description) != "");
}

TEST_CASE("plan: padding override is used instead of the operator's") {
  const Problem p = parse_problem("d1 n1 g1 ic3 oc4 ih6 k4 s2 pb1 pe1");
  const Tensors tensors = fill_tensors(p, Fill::kExact);
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    const Layer layer(p, {deconv_backend_name(i), "", ""}, tensors);
    CAPTURE(std::string(deconv_backend_name(i)));
    REQUIRE(layer.status() == DECONV_OK);
    Problem other = p;
    other.pad_begin[0] = 0;
    other.pad_end[0] = 3;
    other.output_padding[0] = 1;
    deconv_padding padding = {};
    padding.end[0] = 3;
    padding.output[0] = 1;
    deconv_plan_options options = make_plan_options(p);
    options.padding = &padding;
    deconv_plan* plan = nullptr;
    const deconv_status status = deconv_plan_create(layer.op(), &options, &plan);
    if (status == DECONV_UNSUPPORTED) continue;
    REQUIRE(status == DECONV_OK);
    const PlanHandle owner(plan);
    deconv_plan_info info;
    deconv_plan_info_init(&info);
    REQUIRE(deconv_plan_get_info(plan, &info) == DECONV_OK);
    REQUIRE(info.out[0] == geometry(other).out[2]);
    std::vector<float> dst(4 * info.out[0]);
    std::vector<char> workspace(info.workspace_bytes + 1);
    deconv_run_args args;
    deconv_run_args_init(&args);
    args.src = tensors.src.data();
    args.dst = dst.data();
    args.workspace = workspace.data();
    args.workspace_size = info.workspace_bytes;
    REQUIRE(deconv_run(plan, &args) == DECONV_OK);
    const std::vector<double> expected = scatter_reference(other, tensors, false).value;
    CHECK(std::vector<double>(dst.begin(), dst.end()) == expected);
  }
}

TEST_CASE("plan: one operator serves many shapes") {
  Problem p = parse_problem("d2 n1 g1 ic5 oc9 ih3x4 k3x3 s2x2 pb1x1 pe1x1 bias");
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    const Target target{deconv_backend_name(i), "", ""};
    const Tensors first = fill_tensors(p, Fill::kExact);
    const Layer layer(p, target, first);
    REQUIRE(layer.status() == DECONV_OK);
    for (const int64_t width : {1, 2, 9, 33}) {
      Problem other = p;
      other.batch = width % 3 + 1;
      other.in[1] = width;
      Tensors tensors = fill_tensors(other, Fill::kExact);
      tensors.weights = first.weights;
      tensors.bias = first.bias;
      const Layer shape(other, target, tensors, &layer);
      REQUIRE(shape.status() == DECONV_OK);
      const CheckResult result = compare(other, tensors, Fill::kExact, shape.run(tensors).dst, shape.plan_info().description);
      CHECK_MESSAGE(result.verdict == Verdict::kPassed, result.message);
    }
  }
}

TEST_CASE("last error: belongs to the thread, survives successes") {
  SmallLayer layer;
  layer.params.groups = -5;
  CHECK(deconv_check(&layer.params) == DECONV_INVALID_ARGUMENT);
  std::string other = "unset";
  std::thread([&] { other = deconv_last_error(); }).join();
  CHECK(other == "");
  layer.params.groups = 2;
  CHECK(deconv_check(&layer.params) == DECONV_OK);
  check_words({"groups", "-5"});
}
