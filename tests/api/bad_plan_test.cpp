// SPDX-License-Identifier: Apache-2.0
// Shapes and runs that cannot be: status, words, and nothing written.
#include <cstring>
#include <limits>

#include "api/fixture.h"

using namespace deconv_test;

namespace {

void check_plan_invalid(const deconv_operator* op, const deconv_plan_options& options, const std::vector<std::string>& parts) {
  deconv_plan* const untouched = untouched_plan();
  deconv_plan* plan = untouched;
  CHECK(deconv_plan_create(op, &options, &plan) == DECONV_INVALID_ARGUMENT);
  CHECK(plan == untouched);
  check_words(parts);
}

// A run that must fail and leave dst as it was.
struct Run {
  std::vector<float> src = std::vector<float>(4 * 4 * 5, 1.0f), dst = std::vector<float>(6 * 9 * 14, -77.0f), before = dst, residual = dst;
  deconv_run_args args;

  Run() {
    deconv_run_args_init(&args);
    args.src = src.data();
    args.dst = dst.data();
  }
  void check_invalid(const deconv_plan* plan, const std::vector<std::string>& parts) {
    CHECK(deconv_run(plan, &args) == DECONV_INVALID_ARGUMENT);
    check_words(parts);
    CHECK(dst == before);
  }
};

}  // namespace

TEST_CASE("bad plan: NULL and struct_size") {
  SmallLayer layer;
  const OperatorHandle op = layer.create();
  deconv_plan* plan = nullptr;
  CHECK(deconv_plan_create(nullptr, &layer.options, &plan) == DECONV_INVALID_ARGUMENT);
  check_words({"op", "NULL"});
  CHECK(deconv_plan_create(op.get(), nullptr, &plan) == DECONV_INVALID_ARGUMENT);
  check_words({"options", "NULL"});
  CHECK(deconv_plan_create(op.get(), &layer.options, nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"plan", "NULL"});
  CHECK(plan == nullptr);
  layer.options.struct_size = 3;
  check_plan_invalid(op.get(), layer.options, {"struct_size", "3", "deconv_plan_options_init"});
}

TEST_CASE("bad plan: batch, extents, threads, padding override") {
  const SmallLayer good;
  const OperatorHandle op = good.create();
  for (const int64_t bad : {int64_t{0}, int64_t{-9}}) {
    deconv_plan_options options = good.options;
    options.batch = bad;
    check_plan_invalid(op.get(), options, {"batch", std::to_string(bad)});
    options = good.options;
    options.in[1] = bad;
    check_plan_invalid(op.get(), options, {"in[1]", std::to_string(bad)});
  }
  deconv_plan_options options = good.options;
  options.threads = -1;
  check_plan_invalid(op.get(), options, {"threads", "-1"});
  options = good.options;
  deconv_padding padding = {};
  options.padding = &padding;
  padding.output[0] = 2;
  check_plan_invalid(op.get(), options, {"padding.output[0]", "2"});
  padding.output[0] = 0;
  padding.end[1] = -1;
  check_plan_invalid(op.get(), options, {"padding.end[1]", "-1"});
}

TEST_CASE("bad plan: empty output") {
  SmallLayer layer;
  layer.params.padding.begin[1] = 9;  // full extent of axis 1: 4*3 + 2 = 14
  layer.params.padding.end[1] = 5;
  const OperatorHandle op = layer.create();
  check_plan_invalid(op.get(), layer.options, {"out[1]", "0", "empty"});
  int64_t out[2] = {-5, -6};
  CHECK(deconv_output_shape(&layer.params, layer.options.in, out) == DECONV_INVALID_ARGUMENT);
  check_words({"out[1]"});
  CHECK(out[0] == -5);
  CHECK(out[1] == -6);
}

TEST_CASE("bad plan: products that overflow 64 bits or size_t") {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const SmallLayer good;
  const OperatorHandle op = good.create();
  deconv_plan_options options = good.options;
  options.in[1] = kMax;
  check_plan_invalid(op.get(), options, {"stride", "overflows"});
  options = good.options;
  options.in[0] = options.in[1] = int64_t{1} << 30;
  options.batch = int64_t{1} << 20;
  check_plan_invalid(op.get(), options, {"overflows"});
  options = good.options;
  options.batch = kMax / 8;
  check_plan_invalid(op.get(), options, {"src", "bytes", "overflows"});
  deconv_padding padding = {};
  padding.begin[0] = padding.end[0] = kMax;
  options = good.options;
  options.padding = &padding;
  check_plan_invalid(op.get(), options, {"pad", "overflows"});
}

TEST_CASE("bad output_shape") {
  SmallLayer layer;
  int64_t out[2] = {-5, -6};
  CHECK(deconv_output_shape(nullptr, layer.options.in, out) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_output_shape(&layer.params, nullptr, out) == DECONV_INVALID_ARGUMENT);
  check_words({"in", "NULL"});
  CHECK(deconv_output_shape(&layer.params, layer.options.in, nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"out", "NULL"});
  layer.params.stride[0] = 0;
  CHECK(deconv_output_shape(&layer.params, layer.options.in, out) == DECONV_INVALID_ARGUMENT);
  check_words({"stride[0]", "0"});
  CHECK(out[0] == -5);
}

TEST_CASE("bad run: NULL, struct_size") {
  const SmallLayer layer;
  const OperatorHandle op = layer.create();
  const PlanHandle plan = layer.plan(op.get());
  Run run;
  run.check_invalid(nullptr, {"plan", "NULL"});
  CHECK(deconv_run(plan.get(), nullptr) == DECONV_INVALID_ARGUMENT);
  check_words({"args", "NULL"});
  run.args.struct_size = 8;
  run.check_invalid(plan.get(), {"struct_size", "8", "deconv_run_args_init"});
  run.args.struct_size = sizeof(run.args);
  run.args.src = nullptr;
  run.check_invalid(plan.get(), {"src", "NULL"});
  run.args.src = run.src.data();
  run.args.dst = nullptr;
  run.check_invalid(plan.get(), {"dst", "NULL"});
}

TEST_CASE("bad run: residual missing or unexpected") {
  SmallLayer layer;
  const OperatorHandle without = layer.create();
  layer.params.has_residual = 1;
  const OperatorHandle with = layer.create();
  const PlanHandle plan_without = layer.plan(without.get()), plan_with = layer.plan(with.get());
  Run run;
  run.check_invalid(plan_with.get(), {"residual", "NULL", "has_residual = 1"});
  run.args.residual = run.residual.data();
  run.check_invalid(plan_without.get(), {"residual", "has_residual = 0"});
  CHECK(deconv_run(plan_with.get(), &run.args) == DECONV_OK);
}

// Whichever backend asks for a workspace must refuse to run without one.
TEST_CASE("bad run: workspace NULL or too small") {
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    SmallLayer layer;
    layer.params.backend = deconv_backend_name(i);
    CAPTURE(std::string(layer.params.backend));
    if (deconv_check(&layer.params) != DECONV_OK) continue;
    const OperatorHandle op = layer.create();
    const PlanHandle plan = layer.plan(op.get());
    deconv_plan_info info;
    deconv_plan_info_init(&info);
    REQUIRE(deconv_plan_get_info(plan.get(), &info) == DECONV_OK);
    if (info.workspace_bytes == 0) continue;
    Run run;
    run.args.workspace_size = info.workspace_bytes;
    run.check_invalid(plan.get(), {"workspace", "NULL", std::to_string(info.workspace_bytes)});
    std::vector<char> workspace(info.workspace_bytes);
    run.args.workspace = workspace.data();
    run.args.workspace_size = info.workspace_bytes - 1;
    run.check_invalid(plan.get(), {"workspace_size", std::to_string(info.workspace_bytes - 1), std::to_string(info.workspace_bytes)});
  }
}

TEST_CASE("bad info: NULL and struct_size") {
  const SmallLayer layer;
  const OperatorHandle op = layer.create();
  const PlanHandle plan = layer.plan(op.get());
  deconv_operator_info operator_info;
  deconv_operator_info_init(&operator_info);
  CHECK(deconv_operator_get_info(nullptr, &operator_info) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_operator_get_info(op.get(), nullptr) == DECONV_INVALID_ARGUMENT);
  operator_info.struct_size = 1;
  CHECK(deconv_operator_get_info(op.get(), &operator_info) == DECONV_INVALID_ARGUMENT);
  check_words({"struct_size", "1", "deconv_operator_info_init"});
  deconv_plan_info plan_info;
  deconv_plan_info_init(&plan_info);
  CHECK(deconv_plan_get_info(nullptr, &plan_info) == DECONV_INVALID_ARGUMENT);
  CHECK(deconv_plan_get_info(plan.get(), nullptr) == DECONV_INVALID_ARGUMENT);
  plan_info.struct_size = 1;
  CHECK(deconv_plan_get_info(plan.get(), &plan_info) == DECONV_INVALID_ARGUMENT);
  check_words({"struct_size", "1", "deconv_plan_info_init"});
}
