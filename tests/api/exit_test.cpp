// SPDX-License-Identifier: Apache-2.0
// A host whose static objects use the library while the process exits, after everything that was made later is gone. Exit code 0: all is as
// in main. Not with oneDNN, whose own statics are gone by then (3.2: its primitive cache).
#include <deconv/deconv.h>
#include <deconv/tuning.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

std::string life_cycle() {
  const float weights[] = {1, 2}, src[] = {3, 4};
  deconv_params params;
  deconv_params_init(&params);
  params.rank = 1;
  params.in_channels = params.out_channels = 1;
  params.kernel[0] = 2;
  params.weights = weights;
  std::string text;
  for (int32_t i = -1; i < deconv_backend_count(); ++i) {
    params.backend = i < 0 ? nullptr : deconv_backend_name(i);
    if (params.backend != nullptr && std::string(params.backend) == "onednn") continue;
    deconv_operator* op = nullptr;
    if (deconv_operator_create(&params, &op) != DECONV_OK) return deconv_last_error();
    deconv_plan_options options;
    deconv_plan_options_init(&options);
    options.in[0] = 2;
    deconv_plan* plan = nullptr;
    if (deconv_plan_create(op, &options, &plan) != DECONV_OK) return deconv_last_error();
    float dst[3] = {}, workspace[1 << 16];
    deconv_run_args args;
    deconv_run_args_init(&args);
    args.src = src;
    args.dst = dst;
    args.workspace = workspace;
    args.workspace_size = sizeof(workspace);
    if (deconv_run(plan, &args) != DECONV_OK) return deconv_last_error();
    for (const float value : dst) text += std::to_string(value) + " ";
    deconv_plan_destroy(plan);
    deconv_operator_destroy(op);
  }
  char explanation[4096];
  size_t needed = 0;
  params.backend = "highway";
  if (deconv_explain(&params, explanation, sizeof(explanation), &needed) != DECONV_OK) return deconv_last_error();
  deconv_tuning_clear();
  return text + explanation + deconv_isa_name(0);
}

std::string& in_main() {
  static std::string& text = *new std::string;
  return text;
}

// Made before the library's first call, gone after its statics.
struct Late {
  ~Late() {
    if (life_cycle() == in_main()) return;
    std::fputs("another result while the process exits\n", stderr);
    _exit(1);
  }
} late;

}  // namespace

int main() {
  in_main() = life_cycle();
  std::printf("%s\n", in_main().c_str());
}
