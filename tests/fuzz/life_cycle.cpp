// SPDX-License-Identifier: Apache-2.0
// Bytes to a whole life-cycle: check, explain, shapes, create, plan, run, each legal or not. Demanded: statuses that agree with each other,
// words for every failure, out-parameters untouched by it; and where the layer is small, the reference's result between guard pages.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <vector>

#include "fuzz/archive.h"
#include "fuzz/call.h"
#include "fuzz/patience.h"
#include "fuzz/require.h"
#include "fuzz/tame.h"
#include "support/check.h"
#include "support/handles.h"

namespace deconv_fuzz {
namespace {

using namespace deconv_test;

// Most of what is compared with the reference is small, so that a second has many. One of sixteen tamed calls may be large: its weights are
// more than the 64 Ki floats that algorithms take at a time.
constexpr Limits kSmall{1 << 12, 1 << 12, 20'000}, kLarge{1 << 13, 1 << 17, 400'000}, kWild{1 << 14, 1 << 14, 200'000};
constexpr uint8_t kFirstLargePlacement = 240;

// Ways to spoil a life-cycle, each of which must be DECONV_INVALID_ARGUMENT. The rest of the numbers spoil nothing.
enum Spoil : uint8_t {
  kNothing,
  kParamsSize,
  kOptionsSize,
  kRunSize,
  kInfoSize,
  kNoSrc,
  kNoDst,
  kNoWorkspace,
  kShortWorkspace,
  kOtherResidual,
  kNoOperator,
  kNoPlan
};

// The product, or -1 where a factor is not positive or it exceeds `most`.
int64_t product(std::initializer_list<int64_t> factors, int64_t most) {
  int64_t result = 1;
  for (const int64_t factor : factors) {
    if (factor < 1 || factor > most / result) return -1;
    result *= factor;
  }
  return result;
}

// The i-th name, an unknown one, or NULL for 0.
std::string name(uint8_t i, int32_t count, const char* (*get)(int32_t)) {
  if (i == 0) return "";
  return i <= count ? get(i - 1) : "unknown";
}
const char* highway_algorithm(int32_t i) { return deconv_algorithm_name("highway", i); }

// Executions that computed a layer, told at the end: the others were refused or declined before.
int64_t compared = 0;
void tell_compared() { std::fprintf(stderr, "fuzz: compared with the reference: %lld\n", static_cast<long long>(compared)); }

const float* ones() {
  static const std::vector<float> values(kLarge.weights, 1.0f);
  return values.data();
}

class LifeCycle {
 public:
  LifeCycle(const Call& call, const Limits& limits)
      : call_(call),
        limits_(limits),
        target_{name(call.backend, deconv_backend_count(), deconv_backend_name), name(call.isa, deconv_isa_count(), deconv_isa_name),
                name(call.algorithm, deconv_algorithm_count("highway"), highway_algorithm)} {
    set_params();
    set_options();
  }

  void go() {
    const deconv_status possible = failing(deconv_check(&params_));
    if (call_.spoil == kParamsSize) require(possible == DECONV_INVALID_ARGUMENT, "a wrong struct_size is refused");
    explain(possible);
    shapes();
    create(possible);
    compare_with_reference(possible);
  }

 private:
  // Every failure has words, and every call one of its statuses.
  static deconv_status failing(deconv_status status) {
    require(status >= DECONV_OK && status <= DECONV_BACKEND_FAILURE, "a status is one of its values");
    const size_t words = std::strlen(deconv_last_error());
    require(status == DECONV_OK || (words > 0 && words < 400), "a failure has words");
    require(std::strcmp(deconv_status_name(status), "unknown status") != 0, "a status has a name");
    return status;
  }

  // Enumerators of C are written as numbers: which ones they are is the library's to check.
  template <class Field>
  static void set(Field* field, int32_t number) {
    static_assert(sizeof(*field) == sizeof(number));
    std::memcpy(static_cast<void*>(field), &number, sizeof(number));
  }

  void set_params() {
    deconv_params_init(&params_);
    params_.rank = call_.rank;
    params_.groups = call_.groups;
    params_.in_channels = call_.in_channels;
    params_.out_channels = call_.out_channels;
    std::copy(call_.kernel.begin(), call_.kernel.end(), params_.kernel);
    std::copy(call_.stride.begin(), call_.stride.end(), params_.stride);
    std::copy(call_.dilation.begin(), call_.dilation.end(), params_.dilation);
    std::copy(call_.pad_begin.begin(), call_.pad_begin.end(), params_.padding.begin);
    std::copy(call_.pad_end.begin(), call_.pad_end.end(), params_.padding.end);
    std::copy(call_.output_padding.begin(), call_.output_padding.end(), params_.padding.output);
    set(&params_.src_type, call_.types[0]);
    set(&params_.weights_type, call_.types[1]);
    set(&params_.dst_type, call_.types[2]);
    set(&params_.src_layout, call_.src_layout);
    set(&params_.dst_layout, call_.dst_layout);
    set(&params_.weights_layout, call_.weights_layout);
    set(&params_.weights_form, call_.weights_form);
    set(&params_.activation, call_.activation);
    set(&params_.accuracy, call_.accuracy);
    params_.has_residual = call_.has_residual;
    params_.alpha = call_.alpha;
    params_.clamp_min = call_.clamp_min;
    params_.clamp_max = call_.clamp_max;
    if (!target_.backend.empty()) params_.backend = target_.backend.c_str();
    if (!target_.algorithm.empty()) params_.algorithm = target_.algorithm.c_str();
    if (!target_.isa.empty()) params_.max_isa = target_.isa.c_str();
    params_.expected_batch = call_.expected_batch;
    std::copy(call_.expected_in.begin(), call_.expected_in.end(), params_.expected_in);
    params_.expected_threads = call_.expected_threads;
    if (call_.spoil == kParamsSize) --params_.struct_size;
    set_weights();
  }

  // Memory stands behind the pointers where the numbers ask for no more than there is.
  void set_weights() {
    const bool vectors = product({call_.out_channels}, limits_.weights) > 0;
    if (vectors && call_.has(kBias)) params_.bias = ones();
    if (vectors && call_.has(kScale)) params_.scale = ones();
    if (vectors && call_.has(kSlopes)) params_.prelu_slopes = ones();
    const Axes k = call_.kernel;
    const int64_t taps = product({call_.rank >= 1 ? k[0] : 1, call_.rank >= 2 ? k[1] : 1, call_.rank >= 3 ? k[2] : 1}, limits_.weights);
    if (call_.groups < 1 || taps < 1) return;
    if (product({call_.in_channels, std::max<int64_t>(call_.out_channels / call_.groups, 1), taps}, limits_.weights) < 1) return;
    params_.weights = ones();
  }

  void set_options() {
    deconv_plan_options_init(&options_);
    options_.batch = call_.batch;
    std::copy(call_.in.begin(), call_.in.end(), options_.in);
    options_.threads = call_.threads;
    if (call_.spoil == kOptionsSize) ++options_.struct_size;
  }

  void explain(deconv_status possible) const {
    std::vector<char> text(call_.explain_size, 'x');
    size_t needed = 0;
    const deconv_status status = failing(deconv_explain(&params_, text.empty() ? nullptr : text.data(), text.size(), &needed));
    require(status == DECONV_OK || status == possible, "explain fails only where check does");
    if (status != DECONV_OK) return;
    require(needed > 1, "an explanation has words");
    if (!text.empty())
      require(std::strlen(text.data()) == std::min(needed, text.size()) - 1, "an explanation fills its buffer and ends in 0");
  }

  void shapes() {
    int64_t out[DECONV_MAX_RANK] = {-7, -7, -7};
    shaped_ = failing(deconv_output_shape(&params_, call_.in.data(), out)) == DECONV_OK;
    for (int axis = 0; axis < DECONV_MAX_RANK; ++axis) {
      const bool written = shaped_ && axis < call_.rank;
      require(written ? out[axis] >= 1 : out[axis] == -7, "output_shape writes positive extents or nothing");
      out_[axis] = written ? out[axis] : 1;
    }
    deconv_padding padding;
    std::memset(&padding, 0xff, sizeof(padding));
    const auto mode = static_cast<deconv_padding_mode>(call_.padding_mode % 4);
    const int64_t* const wanted = call_.has_output_shape % 2 == 1 ? call_.output_shape.data() : nullptr;
    const deconv_status status = failing(deconv_resolve_padding(&params_, call_.in.data(), mode, wanted, &padding));
    require((status == DECONV_OK) == (padding.begin[0] != -1), "resolve_padding writes where it succeeds");
    if (status != DECONV_OK || wanted == nullptr) return;
    deconv_params resolved = params_;
    resolved.padding = padding;
    if (failing(deconv_output_shape(&resolved, call_.in.data(), out)) != DECONV_OK) return;  // beyond what memory can have
    for (int axis = 0; axis < call_.rank; ++axis) require(out[axis] == wanted[axis], "resolved pads give the shape asked for");
  }

  void create(deconv_status possible) {
    deconv_operator* const untouched = untouched_operator();
    deconv_operator* op = untouched;
    const deconv_status status = failing(deconv_operator_create(&params_, &op));
    if (params_.weights != nullptr) require(status == possible || status == DECONV_OUT_OF_MEMORY, "create agrees with check");
    require((op == untouched) == (status != DECONV_OK), "create writes where it succeeds");
    if (status != DECONV_OK) return;
    const OperatorHandle owner(op);
    deconv_operator_info info;
    deconv_operator_info_init(&info);
    if (call_.spoil == kInfoSize) ++info.struct_size;
    const deconv_status told = failing(deconv_operator_get_info(op, &info));
    require((told == DECONV_OK) == (call_.spoil != kInfoSize), "info wants its size");
    if (told == DECONV_OK) require(info.packed_bytes >= 0 && info.description[0] != '\0' && info.candidates[0] != '\0', "facts are there");
    plan(op);
  }

  void plan(const deconv_operator* op) {
    deconv_plan* const untouched = untouched_plan();
    deconv_plan* plan = untouched;
    const deconv_status status = failing(deconv_plan_create(call_.spoil == kNoOperator ? nullptr : op, &options_, &plan));
    require((plan == untouched) == (status != DECONV_OK), "plan writes where it succeeds");
    if (call_.spoil == kOptionsSize || call_.spoil == kNoOperator) require(status == DECONV_INVALID_ARGUMENT, "spoilt options are refused");
    if (status != DECONV_OK) return;
    const PlanHandle owner(plan);
    deconv_plan_info info;
    deconv_plan_info_init(&info);
    require(failing(deconv_plan_get_info(plan, &info)) == DECONV_OK, "a plan has facts");
    require(shaped_ && std::equal(out_.begin(), out_.end(), info.out), "plan and output_shape agree");
    require(info.flops >= 0 && info.bytes > 0 && info.threads >= 1 && info.threads <= 1024, "facts are in range");
    run_spoilt(plan, info);
  }

  // A run whose arguments are wrong writes nothing.
  void run_spoilt(const deconv_plan* plan, const deconv_plan_info& info) const {
    float dst = -3.0f;
    deconv_run_args args;
    deconv_run_args_init(&args);
    args.src = args.workspace = const_cast<float*>(ones());
    args.dst = &dst;
    args.workspace_size = info.workspace_bytes;
    if (params_.has_residual == 1) args.residual = ones();
    switch (call_.spoil) {
      case kRunSize:
        args.struct_size += 8;
        break;
      case kNoSrc:
        args.src = nullptr;
        break;
      case kNoDst:
        args.dst = nullptr;
        break;
      case kNoWorkspace:
        if (info.workspace_bytes == 0) return;
        args.workspace = nullptr;
        break;
      case kShortWorkspace:
        if (info.workspace_bytes == 0) return;
        --args.workspace_size;
        break;
      case kOtherResidual:
        args.residual = args.residual == nullptr ? ones() : nullptr;
        break;
      case kNoPlan:
        plan = nullptr;
        break;
      default:
        return;
    }
    require(failing(deconv_run(plan, &args)) == DECONV_INVALID_ARGUMENT, "a spoilt run is refused");
    require(dst == -3.0f, "a spoilt run writes nothing");
  }

  // The layer with tensors of its own: right, or declined where something was asked for by name.
  void compare_with_reference(deconv_status possible) const {
    Problem p;
    if (!to_problem(call_, &p)) return;
    const Geometry g = geometry(p);
    const int64_t out = product({g.out[0], g.out[1], g.out[2]}, limits_.elements);
    const int64_t in = product({g.in[0], g.in[1], g.in[2]}, limits_.elements);
    const int64_t taps = product({g.kernel[0], g.kernel[1], g.kernel[2]}, limits_.weights);
    if (out < 1 || in < 1 || taps < 1 || !legal(p)) return;
    const int64_t icg = p.in_channels / p.groups, ocg = p.out_channels / p.groups;
    if (product({p.batch, p.in_channels, in}, limits_.elements) < 1 || product({p.batch, p.out_channels, out}, limits_.elements) < 1)
      return;
    if (product({p.in_channels, ocg, taps}, limits_.weights) < 1) return;
    if (product({p.batch, in, taps, icg, p.out_channels}, limits_.products) < 1) return;
    require(possible == DECONV_OK || possible == DECONV_UNSUPPORTED || !target_.backend.empty() || !target_.algorithm.empty() ||
                !target_.isa.empty(),
            "a legal problem is accepted");
    if (possible != DECONV_OK) return;
    p.threads = std::min(p.threads, 4);
    const auto fill = static_cast<Fill>(call_.fill % 8);
    if (fill == Fill::kNan || fill == Fill::kInf || fill == Fill::kInfWeights || fill == Fill::kDenormal) p.strict = true;
    RunOptions options;
    options.placement = {call_.placement % 2 == 0, call_.placement / 2 % 16 * sizeof(float)};
    if (options.placement.at_end) options.placement.offset = 0;
    if (call_.has(kOwnPool)) options.parallel_for = in_reverse;
    const CheckResult result = Expectation(p, fill).check(target_, options);
    require(result.verdict != Verdict::kFailed, result.message);
    compared += result.verdict == Verdict::kPassed;
    require(result.verdict == Verdict::kPassed || !target_.algorithm.empty(), "declined although possible: " + result.message);
  }

  static void in_reverse(void*, int64_t count, deconv_task task, void* arg) {
    for (int64_t i = count - 1; i >= 0; --i) task(arg, i);
  }

  const Call& call_;
  const Limits limits_;
  const Target target_;
  deconv_params params_;
  deconv_plan_options options_;
  bool shaped_ = false;
  Axes out_{1, 1, 1};
};

}  // namespace
}  // namespace deconv_fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool told = std::atexit(deconv_fuzz::tell_compared) == 0;
  deconv_fuzz::require(told, "the figures will be told");
  deconv_fuzz::be_patient();
  deconv_fuzz::Call call;
  deconv_fuzz::Reader reader(data, size);
  deconv_fuzz::Call::tell(reader, call);
  deconv_fuzz::Limits limits = deconv_fuzz::kWild;
  if (call.tame % 2 == 1) {
    limits = call.placement < deconv_fuzz::kFirstLargePlacement ? deconv_fuzz::kSmall : deconv_fuzz::kLarge;
    call = deconv_fuzz::tamed(call, limits);
  }
  deconv_fuzz::LifeCycle(call, limits).go();
  return 0;
}
