/* SPDX-License-Identifier: Apache-2.0 */
/* The public header is C11: this file is compiled as such with every warning an error, and runs a small layer. */
#include <deconv/deconv.h>
#include <deconv/tuning.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

static void expect(int ok, const char* what) {
  if (ok) return;
  ++failures;
  fprintf(stderr, "FAILED: %s (%s)\n", what, deconv_last_error());
}

/* One channel, kernel 2, stride 2: every input becomes two outputs, input * {1, 10} + bias. */
static void run_layer(void) {
  const float weights[2] = {1.0f, 10.0f}, bias[1] = {100.0f}, src[3] = {1.0f, 2.0f, 3.0f};
  const float expected[6] = {101.0f, 110.0f, 102.0f, 120.0f, 103.0f, 130.0f};
  float dst[6] = {0};
  deconv_operator* op = NULL;
  deconv_plan* plan = NULL;
  void* workspace = NULL;

  deconv_params params;
  deconv_params_init(&params);
  params.rank = 1;
  params.in_channels = 1;
  params.out_channels = 1;
  params.kernel[0] = 2;
  params.stride[0] = 2;
  params.weights = weights;
  params.bias = bias;
  expect(deconv_operator_create(&params, &op) == DECONV_OK, "create");

  deconv_plan_options options;
  deconv_plan_options_init(&options);
  options.in[0] = 3;
  options.threads = 1;
  expect(deconv_plan_create(op, &options, &plan) == DECONV_OK, "plan");

  deconv_plan_info info;
  deconv_plan_info_init(&info);
  expect(deconv_plan_get_info(plan, &info) == DECONV_OK, "info");
  expect(info.out[0] == 6, "six outputs");
  if (info.workspace_bytes > 0) workspace = malloc(info.workspace_bytes);

  deconv_run_args args;
  deconv_run_args_init(&args);
  args.src = src;
  args.dst = dst;
  args.workspace = workspace;
  args.workspace_size = info.workspace_bytes;
  expect(deconv_run(plan, &args) == DECONV_OK, "run");
  for (int i = 0; i < 6; ++i) expect(dst[i] == expected[i], "value");

  free(workspace);
  deconv_plan_destroy(plan);
  deconv_operator_destroy(op);
}

/* C++ may not even pass a value that is no enumerator. */
static void unknown_enumerators(void) {
  deconv_params params;
  deconv_padding padding = {{-9, 0, 0}, {0, 0, 0}, {0, 0, 0}};
  deconv_params_init(&params);
  params.rank = 1;
  params.in_channels = params.out_channels = params.kernel[0] = 1;
  for (int mode = -1; mode <= 4; mode += 5) {
    const deconv_status status = deconv_resolve_padding(&params, NULL, (deconv_padding_mode)mode, NULL, &padding);
    expect(status == DECONV_INVALID_ARGUMENT && strstr(deconv_last_error(), "mode") != NULL, "an unknown mode is an error");
    expect(padding.begin[0] == -9, "padding is untouched");
  }
  expect(strcmp(deconv_status_name((deconv_status)5), "unknown status") == 0, "a status that is none has a name too");
}

static void tune_layer(void) {
  deconv_params params;
  deconv_plan_options shape;
  deconv_tune_options options;
  deconv_tune_result result;
  deconv_params_init(&params);
  params.in_channels = params.out_channels = 2;
  params.kernel[0] = params.kernel[1] = 3;
  deconv_plan_options_init(&shape);
  shape.in[0] = shape.in[1] = 4;
  deconv_tune_options_init(&options);
  options.seconds = 1e-4;
  options.file = "";
  deconv_tune_result_init(&result);
  expect(deconv_tune(&params, &shape, &options, &result) == DECONV_OK, "tune");
  expect(result.candidates >= 2 && result.candidate[result.chosen].seconds > 0, "the chosen candidate was timed");
  expect(deconv_tuning_load("/") == DECONV_UNSUPPORTED, "a folder is no tuning file");
  deconv_tuning_clear();
}

int main(void) {
  deconv_operator_info info;
  deconv_operator_info_init(&info);
  expect(info.struct_size == sizeof(info), "struct_size is stamped");
  expect(deconv_operator_create(NULL, NULL) == DECONV_INVALID_ARGUMENT, "NULL is an error");
  unknown_enumerators();
  run_layer();
  tune_layer();
  return failures == 0 ? 0 : 1;
}
