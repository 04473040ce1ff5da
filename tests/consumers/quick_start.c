// SPDX-License-Identifier: Apache-2.0
// A C11 program that links deconv the way a user would. Exit code 0: every output is exact.
#include "quick_start.h"

#include <deconv/deconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char* call) {
  fprintf(stderr, "%s: %s\n", call, deconv_last_error());
  return 1;
}

int main(void) {
  deconv_params params;
  deconv_params_init(&params);
  params.in_channels = 4;
  params.out_channels = 2;
  params.kernel[0] = params.kernel[1] = 3;
  params.stride[0] = params.stride[1] = 2;
  params.padding.end[0] = params.padding.end[1] = 1;
  params.weights_layout = DECONV_WEIGHTS_OI;
  params.weights_form = DECONV_FORM_CORRELATION;
  params.weights = kWeights;
  deconv_operator* op = NULL;
  if (deconv_operator_create(&params, &op) != DECONV_OK) return fail("deconv_operator_create");

  deconv_plan_options options;
  deconv_plan_options_init(&options);
  options.in[0] = options.in[1] = 3;
  deconv_plan* plan = NULL;
  if (deconv_plan_create(op, &options, &plan) != DECONV_OK) return fail("deconv_plan_create");
  deconv_plan_info info;
  deconv_plan_info_init(&info);
  if (deconv_plan_get_info(plan, &info) != DECONV_OK) return fail("deconv_plan_get_info");
  if (info.out[0] != 6 || info.out[1] != 6) return 2;

  float dst[2 * 6 * 6];
  deconv_run_args args;
  deconv_run_args_init(&args);
  args.src = kSrc;
  args.dst = dst;
  args.workspace = malloc(info.workspace_bytes);
  args.workspace_size = info.workspace_bytes;
  if (deconv_run(plan, &args) != DECONV_OK) return fail("deconv_run");

  free(args.workspace);
  deconv_plan_destroy(plan);
  deconv_operator_destroy(op);
  return memcmp(dst, kExpected, sizeof(dst)) == 0 ? 0 : 3;
}
