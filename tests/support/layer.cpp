// SPDX-License-Identifier: Apache-2.0
#include "support/layer.h"

#include <memory>

#include "support/layouts.h"

namespace deconv_test {
namespace {

const float* data_or_null(const std::vector<float>& values) { return values.empty() ? nullptr : values.data(); }

const char* name_or_null(const std::string& name) { return name.empty() ? nullptr : name.c_str(); }

}  // namespace

std::string target_name(const Target& target) {
  std::string name = target.backend.empty() ? "default" : target.backend;
  if (!target.isa.empty()) name += "/" + target.isa;
  if (!target.algorithm.empty()) name += "/" + target.algorithm;
  return name;
}

std::vector<Target> every_target() {
  std::vector<Target> result = {{"", "", ""}};
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    const char* backend = deconv_backend_name(i);
    result.push_back({backend, "", ""});
    for (int32_t k = 0; k < deconv_algorithm_count(backend); ++k) result.push_back({backend, "", deconv_algorithm_name(backend, k)});
  }
  return result;
}

deconv_params make_params(const Problem& p, const Target& target) {
  deconv_params params;
  deconv_params_init(&params);
  params.rank = p.rank;
  params.groups = p.groups;
  params.in_channels = p.in_channels;
  params.out_channels = p.out_channels;
  for (int axis = 0; axis < p.rank; ++axis) {
    params.kernel[axis] = p.kernel[axis];
    params.stride[axis] = p.stride[axis];
    params.dilation[axis] = p.dilation[axis];
    params.padding.begin[axis] = p.pad_begin[axis];
    params.padding.end[axis] = p.pad_end[axis];
    params.padding.output[axis] = p.output_padding[axis];
    params.expected_in[axis] = p.in[axis];
  }
  params.expected_batch = p.batch;
  params.expected_threads = p.threads;
  params.src_layout = p.src_layout;
  params.dst_layout = p.dst_layout;
  params.weights_layout = p.weights_layout;
  params.weights_form = p.weights_form;
  params.has_residual = p.residual ? 1 : 0;
  params.activation = p.activation;
  params.alpha = p.alpha;
  params.clamp_min = p.clamp_min;
  params.clamp_max = p.clamp_max;
  params.accuracy = p.strict ? DECONV_ACCURACY_STRICT : DECONV_ACCURACY_DEFAULT;
  params.backend = name_or_null(target.backend);
  params.algorithm = name_or_null(target.algorithm);
  params.max_isa = name_or_null(target.isa);
  return params;
}

deconv_plan_options make_plan_options(const Problem& p) {
  deconv_plan_options options;
  deconv_plan_options_init(&options);
  options.batch = p.batch;
  for (int axis = 0; axis < p.rank; ++axis) options.in[axis] = p.in[axis];
  options.threads = p.threads;
  return options;
}

Layer::Layer(const Problem& problem, const Target& target, const Tensors& tensors, const Layer* weights_of)
    : problem_(problem), geometry_(geometry(problem)), borrowed_(weights_of == nullptr ? nullptr : weights_of->op()) {
  deconv_operator_info_init(&operator_info_);
  deconv_plan_info_init(&plan_info_);
  if (borrowed_ == nullptr) create(target, tensors);
  if (status_ != DECONV_OK || !check(deconv_operator_get_info(op(), &operator_info_))) return;
  const deconv_plan_options options = make_plan_options(problem);
  deconv_plan* plan = nullptr;
  if (!check(deconv_plan_create(op(), &options, &plan))) return;
  plan_.reset(plan);
  check(deconv_plan_get_info(plan, &plan_info_));
}

bool Layer::check(deconv_status status) {
  status_ = status;
  if (status != DECONV_OK) error_ = deconv_last_error();
  return status == DECONV_OK;
}

void Layer::create(const Target& target, const Tensors& tensors) {
  deconv_params params = make_params(problem_, target);
  const std::vector<float> weights = to_weights_layout(problem_, tensors.weights);
  params.weights = weights.data();
  params.bias = data_or_null(tensors.bias);
  params.scale = data_or_null(tensors.scale);
  params.prelu_slopes = data_or_null(tensors.prelu_slopes);
  deconv_operator* op = nullptr;
  if (check(deconv_operator_create(&params, &op))) op_.reset(op);
}

RunResult Layer::run(const Tensors& tensors, const RunOptions& options) const {
  const Problem& p = problem_;
  const int64_t in = geometry_.in_spatial(), out = geometry_.out_spatial();
  GuardedBuffer src(tensors.src.size() * sizeof(float), options.placement);
  to_layout(p.src_layout, p.batch, p.in_channels, in, tensors.src, src.floats());
  src.make_read_only();
  GuardedBuffer dst(static_cast<size_t>(p.batch * p.out_channels * out) * sizeof(float), options.placement);
  dst.poison();
  GuardedBuffer residual(tensors.residual.size() * sizeof(float), options.placement);
  if (p.residual) to_layout(p.dst_layout, p.batch, p.out_channels, out, tensors.residual, p.inplace ? dst.floats() : residual.floats());
  residual.make_read_only();
  // The contract is "any alignment": the size is used as it is, so that the address may be odd.
  GuardedBuffer workspace(plan_info_.workspace_bytes, options.placement);
  workspace.poison();

  deconv_run_args args;
  deconv_run_args_init(&args);
  args.src = src.data();
  args.dst = dst.data();
  args.residual = !p.residual ? nullptr : p.inplace ? dst.data() : residual.data();
  args.workspace = plan_info_.workspace_bytes == 0 ? nullptr : workspace.data();
  args.workspace_size = plan_info_.workspace_bytes;
  args.parallel_for = options.parallel_for;
  args.parallel_context = options.parallel_context;

  RunResult result;
  result.status = deconv_run(plan_.get(), &args);
  if (result.status != DECONV_OK) result.error = deconv_last_error();
  if (!dst.canaries_intact()) result.trespass = "memory beside dst was written";
  if (!workspace.canaries_intact()) result.trespass = "memory beside the workspace was written";
  result.dst = from_layout(p.dst_layout, p.batch, p.out_channels, out, dst.floats());
  return result;
}

}  // namespace deconv_test
