// SPDX-License-Identifier: Apache-2.0
// The C ABI: converts, guards against exceptions, owns the handles. No arithmetic here.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/abi_guard.h"
#include "core/error.h"
#include "core/geometry.h"
#include "core/isa.h"
#include "core/output_extent.h"
#include "core/registry.h"
#include "core/tuning_table.h"

namespace {

using deconv::Error;
using deconv::fail;
using deconv::guarded;
using deconv::require_pointer;
using deconv::require_size;

// The handles' insides are shared: a plan keeps its operator's state alive after deconv_operator_destroy.
struct OperatorState {
  deconv::Parameters params;
  const deconv::Backend* backend;
  std::unique_ptr<const deconv::Operator> op;
  std::string isa, algorithm, description, candidates;
};

void say(const char* what, const std::string& text) {
  const char* verbose = std::getenv("DECONV_VERBOSE");
  if (verbose != nullptr && std::strcmp(verbose, "1") == 0) std::fprintf(stderr, "deconv: %s: %s\n", what, text.c_str());
}

deconv::Choice choose(const deconv::Parameters& params) {
  deconv::Choice choice = deconv::choose_backend(params, deconv::Ask::kUntilChosen, deconv::find_tuned(params));
  if (choice.backend == nullptr) throw Error(choice.status, "%s", choice.reason.c_str());
  return choice;
}

}  // namespace

struct deconv_operator {
  std::shared_ptr<const OperatorState> state;
};

struct deconv_plan {
  std::shared_ptr<const OperatorState> state;
  deconv::Shape shape;
  std::unique_ptr<const deconv::Plan> plan;
  std::string description;
  size_t workspace_bytes;
};

extern "C" {

#define DECONV_TEXT_(x) #x
#define DECONV_TEXT(x) DECONV_TEXT_(x)
const char* deconv_version(void) {
  return DECONV_TEXT(DECONV_VERSION_MAJOR) "." DECONV_TEXT(DECONV_VERSION_MINOR) "." DECONV_TEXT(DECONV_VERSION_PATCH);
}
#undef DECONV_TEXT
#undef DECONV_TEXT_

const char* deconv_status_name(deconv_status status) {
  static const char* const kNames[] = {"ok", "invalid argument", "unsupported", "out of memory", "backend failure"};
  int number = 0;
  std::memcpy(&number, &status, sizeof(number));
  return number >= 0 && number < 5 ? kNames[number] : "unknown status";
}

const char* deconv_last_error(void) { return deconv::last_error(); }

int32_t deconv_backend_count(void) { return static_cast<int32_t>(deconv::backends().size()); }

const char* deconv_backend_name(int32_t index) {
  return index >= 0 && index < deconv_backend_count() ? deconv::backends()[index]->name() : nullptr;
}

const char* deconv_backend_version(int32_t index) {
  return index >= 0 && index < deconv_backend_count() ? deconv::backends()[index]->version() : nullptr;
}

int32_t deconv_algorithm_count(const char* backend) {
  const deconv::Backend* found = backend == nullptr ? nullptr : deconv::find_backend(backend);
  return found == nullptr ? 0 : static_cast<int32_t>(found->algorithms().size());
}

const char* deconv_algorithm_name(const char* backend, int32_t index) {
  if (index < 0 || index >= deconv_algorithm_count(backend)) return nullptr;
  return deconv::find_backend(backend)->algorithms()[index];
}

int32_t deconv_isa_count(void) { return static_cast<int32_t>(deconv::isa_names().size()); }

const char* deconv_isa_name(int32_t index) { return index >= 0 && index < deconv_isa_count() ? deconv::isa_names()[index] : nullptr; }

deconv_status deconv_output_shape(const deconv_params* params, const int64_t* in, int64_t* out) {
  return guarded([&] {
    require_pointer(in, "in");
    require_pointer(out, "out");
    const deconv::Parameters p = deconv::validate(params, false);
    deconv_plan_options options;
    deconv_plan_options_init(&options);
    std::copy(in, in + p.rank, options.in);
    options.threads = 1;
    const deconv::Shape shape = deconv::validate(p, &options);
    std::copy(shape.out.begin() + (3 - p.rank), shape.out.end(), out);
  });
}

deconv_status deconv_resolve_padding(const deconv_params* params, const int64_t* in, deconv_padding_mode mode, const int64_t* output_shape,
                                     deconv_padding* padding) {
  return guarded([&] {
    require_pointer(padding, "padding");
    int number = 0;
    std::memcpy(&number, &mode, sizeof(number));
    if (number < 0 || number > 3) throw Error(DECONV_INVALID_ARGUMENT, "mode = %d is not a value of its enumeration", number);
    const deconv::Parameters p = deconv::validate(params, false);
    const deconv::Padding result = deconv::resolve_padding(p, in, mode, output_shape);
    *padding = {};
    for (int axis = 0; axis < p.rank; ++axis) {
      padding->begin[axis] = result.begin[axis + 3 - p.rank];
      padding->end[axis] = result.end[axis + 3 - p.rank];
      padding->output[axis] = result.output[axis + 3 - p.rank];
    }
  });
}

deconv_status deconv_check(const deconv_params* params) {
  return guarded([&] { choose(deconv::validate(params, false)); });
}

deconv_status deconv_explain(const deconv_params* params, char* buffer, size_t size, size_t* needed) {
  return guarded([&] {
    if (size > 0) require_pointer(buffer, "buffer");
    const deconv::Parameters p = deconv::validate(params, false);
    const std::string text = deconv::choose_backend(p, deconv::Ask::kAll, deconv::find_tuned(p)).candidates + deconv::tuning_warnings();
    if (size > 0) std::snprintf(buffer, size, "%s", text.c_str());
    if (needed != nullptr) *needed = text.size() + 1;
  });
}

deconv_status deconv_operator_create(const deconv_params* params, deconv_operator** op) {
  return guarded([&] {
    require_pointer(op, "op");
    auto state = std::make_shared<OperatorState>();
    state->params = deconv::validate(params, true);
    deconv::Choice choice = choose(state->params);
    state->backend = choice.backend;
    state->candidates = std::move(choice.candidates) + deconv::tuning_warnings();
    state->op = choice.backend->create(deconv::with_algorithm(state->params, choice.algorithm));
    // The caller's memory ends here.
    state->params.weights = nullptr;
    state->params.bias = state->params.scale = state->params.prelu_slopes = nullptr;
    state->isa = state->op->isa();
    state->algorithm = state->op->algorithm();
    state->description = std::string(choice.backend->name()) + "/" + state->op->description();
    if (!choice.tuned.empty()) state->description += "; " + choice.tuned;
    say("operator", state->description);
    *op = std::make_unique<deconv_operator>(deconv_operator{std::move(state)}).release();
  });
}

void deconv_operator_destroy(deconv_operator* op) { delete op; }

deconv_status deconv_operator_get_info(const deconv_operator* op, deconv_operator_info* info) {
  return guarded([&] {
    require_pointer(op, "op");
    require_pointer(info, "info");
    require_size(info->struct_size, sizeof(*info), "operator_info");
    const OperatorState& state = *op->state;
    info->backend = state.backend->name();
    info->isa = state.isa.c_str();
    info->algorithm = state.algorithm.c_str();
    info->description = state.description.c_str();
    info->candidates = state.candidates.c_str();
    info->packed_bytes = state.op->packed_bytes();
  });
}

deconv_status deconv_plan_create(const deconv_operator* op, const deconv_plan_options* options, deconv_plan** plan) {
  return guarded([&] {
    require_pointer(op, "op");
    require_pointer(plan, "plan");
    auto result = std::make_unique<deconv_plan>();
    result->state = op->state;
    result->shape = deconv::validate(op->state->params, options);
    result->plan = op->state->op->plan(result->shape);
    result->description = result->plan->description();
    result->workspace_bytes = result->plan->workspace_bytes();
    say("plan", result->description);
    *plan = result.release();
  });
}

void deconv_plan_destroy(deconv_plan* plan) { delete plan; }

deconv_status deconv_plan_get_info(const deconv_plan* plan, deconv_plan_info* info) {
  return guarded([&] {
    require_pointer(plan, "plan");
    require_pointer(info, "info");
    require_size(info->struct_size, sizeof(*info), "plan_info");
    const int rank = plan->state->params.rank;
    for (int axis = 0; axis < DECONV_MAX_RANK; ++axis) info->out[axis] = axis < rank ? plan->shape.out[axis + 3 - rank] : 1;
    info->workspace_bytes = plan->workspace_bytes;
    info->flops = deconv::count_flops(plan->state->params, plan->shape);
    info->bytes = deconv::count_bytes(plan->state->params, plan->shape);
    info->threads = plan->shape.threads;
    info->description = plan->description.c_str();
  });
}

deconv_status deconv_run(const deconv_plan* plan, const deconv_run_args* args) {
  if (plan == nullptr) return fail(DECONV_INVALID_ARGUMENT, "plan is NULL");
  if (args == nullptr) return fail(DECONV_INVALID_ARGUMENT, "args is NULL");
  if (args->struct_size != sizeof(*args)) {
    return guarded([&] { require_size(args->struct_size, sizeof(*args), "run_args"); });
  }
  if (args->src == nullptr) return fail(DECONV_INVALID_ARGUMENT, "src is NULL");
  if (args->dst == nullptr) return fail(DECONV_INVALID_ARGUMENT, "dst is NULL");
  if ((args->residual != nullptr) != plan->state->params.epilogue.has_residual) {
    return fail(DECONV_INVALID_ARGUMENT, args->residual == nullptr ? "residual is NULL: the operator was created with has_residual = 1"
                                                                   : "residual is given: the operator was created with has_residual = 0");
  }
  if (plan->workspace_bytes > 0 && args->workspace == nullptr) {
    return guarded([&] { throw Error(DECONV_INVALID_ARGUMENT, "workspace is NULL: the plan needs %zu bytes", plan->workspace_bytes); });
  }
  if (args->workspace_size < plan->workspace_bytes) {
    return guarded([&] {
      throw Error(DECONV_INVALID_ARGUMENT, "workspace_size = %zu is smaller than the plan's workspace_bytes = %zu", args->workspace_size,
                  plan->workspace_bytes);
    });
  }
  const deconv::RunArguments run{args->src, args->dst, args->residual, args->workspace};
  return plan->plan->run(run, {plan->shape.threads, args->parallel_for, args->parallel_context});
}

}  // extern "C"
