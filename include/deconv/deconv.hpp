// SPDX-License-Identifier: Apache-2.0
//
// deconv for C++17: ownership and exceptions over the C interface, header-only. deconv.h defines shapes, layouts and rules;
// this header only says what it adds. A layer, from weights to outputs:
//
//   deconv::Params params(64, 32, {4, 4});                // in channels, out channels, kernel
//   params.set_stride({2, 2}).set_padding({1, 1});
//   params.weights = weights;  // 64 x 32 x 4 x 4 floats: PyTorch's and ONNX's order unless weights_layout says otherwise
//   params.bias = bias;        // 32 floats
//   params.activation = DECONV_ACTIVATION_RELU;
//   const deconv::Operator layer(params);                  // once: packs the weights
//   const deconv::Plan plan = layer.plan({128, 128});      // once per input shape
//   std::vector<float> dst(plan.dst_elements());           // 32 x 256 x 256
//   deconv::Workspace workspace(plan);                     // one per thread that runs
//   plan.run(src, dst.data(), workspace);                  // src: 64 x 128 x 128 floats
//
// Errors: whatever returns a deconv_status other than DECONV_OK in C throws deconv::Error here, with the reason in words. Memory that
// this header itself asks for (Workspace, strings) fails as std::bad_alloc.
// Threads: const members of one object may be called by any number of threads at the same time; one Workspace serves one run at a time.
#ifndef DECONV_DECONV_HPP_
#define DECONV_DECONV_HPP_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "deconv/deconv.h"

namespace deconv {
// The inline namespace is part of every symbol's name: code built against another version of this header, and the static library's
// own classes, stay apart. Users write deconv::Plan.
inline namespace v0 {

// What a failing call throws. what() is the reason that names the field, its value and the rule.
class Error : public std::runtime_error {
 public:
  Error(deconv_status status, const std::string& reason) : std::runtime_error(reason), status_(status) {}

  // Which kind of failure: tells "nobody could" (DECONV_INVALID_ARGUMENT) from "not here" (DECONV_UNSUPPORTED).
  deconv_status status() const noexcept { return status_; }

 private:
  deconv_status status_;
};

// Throws the calling thread's reason unless status is DECONV_OK. For those who mix in calls of the C interface.
inline void throw_unless_ok(deconv_status status) {
  if (status != DECONV_OK) throw Error(status, deconv_last_error());
}

// Extents of the spatial axes, outermost first ({height, width} for rank 2); entries past the rank mean nothing.
using Extents = std::array<int64_t, DECONV_MAX_RANK>;

// One layer's parameters: a deconv_params with its defaults set, all fields public. Owns nothing: weights, bias, scale, prelu_slopes and
// the name strings are the caller's and are read only during the calls that take the object (Operator copies what it needs).
struct Params : deconv_params {
  // Rank 2, channels and kernel still 0: fields to be assigned by hand.
  Params() { deconv_params_init(this); }

  // One entry of `kernel` per spatial axis (1 to 3), outermost first. Throws Error for another number of entries.
  Params(int64_t in, int64_t out, std::initializer_list<int64_t> kernel_extents) : Params() {
    in_channels = in;
    out_channels = out;
    rank = static_cast<int32_t>(kernel_extents.size());
    assign("kernel", kernel_extents, kernel);
  }

  // Each setter takes one value per spatial axis, outermost first, throws Error if their number is not the rank, and returns *this.
  Params& set_stride(std::initializer_list<int64_t> values) { return assign("stride", values, stride); }
  Params& set_dilation(std::initializer_list<int64_t> values) { return assign("dilation", values, dilation); }
  // The same number of elements removed at both ends (PyTorch's padding), or different ones.
  Params& set_padding(std::initializer_list<int64_t> both) { return set_padding(both, both); }
  Params& set_padding(std::initializer_list<int64_t> begin, std::initializer_list<int64_t> end) {
    return assign("padding.begin", begin, padding.begin).assign("padding.end", end, padding.end);
  }
  Params& set_output_padding(std::initializer_list<int64_t> values) { return assign("padding.output", values, padding.output); }
  // src, dst and residual in one order.
  Params& set_layout(deconv_layout layout) {
    src_layout = dst_layout = layout;
    return *this;
  }

 private:
  Params& assign(const char* field, std::initializer_list<int64_t> values, int64_t (&axes)[DECONV_MAX_RANK]) {
    if (rank < 1 || rank > DECONV_MAX_RANK || values.size() != static_cast<size_t>(rank)) {
      throw Error(DECONV_INVALID_ARGUMENT, std::string(field) + " has " + std::to_string(values.size()) + " values for rank " +
                                               std::to_string(rank) + ", which must be 1 to " + std::to_string(DECONV_MAX_RANK));
    }
    int64_t* axis = axes;
    for (int64_t value : values) *axis++ = value;
    return *this;
  }
};

// Options of a plan with their defaults set (batch 1, OpenMP's thread count, the operator's padding), all fields public.
struct PlanOptions : deconv_plan_options {
  PlanOptions() { deconv_plan_options_init(this); }
  PlanOptions(std::initializer_list<int64_t> in_extents, int64_t batch_size = 1, int32_t thread_count = 0) : PlanOptions() {
    if (in_extents.size() > DECONV_MAX_RANK)
      throw Error(DECONV_INVALID_ARGUMENT, "in has more extents than " + std::to_string(DECONV_MAX_RANK));
    int64_t* axis = in;
    for (int64_t extent : in_extents) *axis++ = extent;
    batch = batch_size;
    threads = thread_count;
  }
};

// Arguments of a run, everything NULL and 0, all fields public.
struct RunArgs : deconv_run_args {
  RunArgs() { deconv_run_args_init(this); }

  // Runs the tasks on the caller's threads: pool(count, task) must call task(i) once for every int64_t i in [0, count), in any order, and
  // return after the last one ended, without throwing. `pool` is referred to, not copied: it must outlive the run.
  template <class Pool>
  RunArgs& set_parallel_for(Pool& pool) {
    parallel_context = const_cast<void*>(static_cast<const void*>(std::addressof(pool)));
    parallel_for = [](void* context, int64_t count, deconv_task task, void* arg) {
      (*static_cast<Pool*>(context))(count, [task, arg](int64_t index) { task(arg, index); });
    };
    return *this;
  }
};

class Plan;

// Temporary memory for the runs of one thread. Uninitialised; move-only; freed with the object.
class Workspace {
 public:
  // Empty: data() is null, size() is 0.
  Workspace() = default;
  explicit Workspace(const Plan& plan) { reserve(plan); }
  // Leaves `other` empty.
  Workspace(Workspace&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  Workspace& operator=(Workspace&& other) noexcept {
    size_ = std::exchange(other.size_, 0);
    data_ = std::move(other.data_);
    return *this;
  }

  // Grows to what the plan needs and never shrinks, so that one object serves plans of several layers. Contents are lost.
  inline void reserve(const Plan& plan);

  void* data() noexcept { return data_.get(); }
  size_t size() const noexcept { return size_; }  // bytes

 private:
  std::unique_ptr<unsigned char[]> data_;
  size_t size_ = 0;
};

// An operator for one input shape. Immutable; move-only; outlives the Operator it came from without harm.
class Plan {
 public:
  // dst = activation(scale * deconv(src) + bias + residual) with the tensors' shapes and layouts as the parameters and the plan's options
  // say; residual, if there is one, may be dst. All pointers stay the caller's. The workspace must have been reserved for this plan.
  // No allocation, no lock and bitwise equal results for any thread count with the naive and highway backends.
  void run(const void* src, void* dst, Workspace& workspace, const void* residual = nullptr) const {
    RunArgs args;
    args.src = src;
    args.dst = dst;
    args.residual = residual;
    args.workspace = workspace.data();
    args.workspace_size = workspace.size();
    run(args);
  }
  // The same with everything in the caller's hands: own workspace memory, own thread pool.
  void run(const deconv_run_args& args) const { throw_unless_ok(deconv_run(get(), &args)); }

  const Extents& out() const noexcept { return out_; }                       // dst's spatial extents
  size_t dst_elements() const noexcept { return dst_elements_; }             // batch * out_channels * out extents
  size_t workspace_bytes() const noexcept { return info_.workspace_bytes; }  // what a run needs
  int64_t flops() const noexcept { return info_.flops; }                     // 2 for each product that lands inside dst
  int64_t bytes() const noexcept { return info_.bytes; }                     // compulsory memory traffic of a run
  int32_t threads() const noexcept { return info_.threads; }                 // upper bound on tasks in flight
  const char* description() const noexcept { return info_.description; }     // one line: what runs. Lives as long as the plan
  const deconv_plan* get() const noexcept { return plan_.get(); }            // for the C interface; stays owned by this object

 private:
  friend class Operator;
  Plan(const deconv_operator* op, const deconv_plan_options& options, int32_t rank, int64_t out_channels) {
    deconv_plan* created = nullptr;
    throw_unless_ok(deconv_plan_create(op, &options, &created));
    plan_.reset(created);
    deconv_plan_info_init(&info_);
    throw_unless_ok(deconv_plan_get_info(created, &info_));
    // The library has checked that this product, in bytes, fits size_t.
    dst_elements_ = static_cast<size_t>(options.batch * out_channels);
    for (int32_t axis = 0; axis < rank; ++axis) dst_elements_ *= static_cast<size_t>(info_.out[axis]);
    for (size_t axis = 0; axis < out_.size(); ++axis) out_[axis] = info_.out[axis];
  }

  struct Destroy {
    void operator()(deconv_plan* plan) const noexcept { deconv_plan_destroy(plan); }
  };
  std::unique_ptr<deconv_plan, Destroy> plan_;
  deconv_plan_info info_{};
  Extents out_{};
  size_t dst_elements_ = 0;
};

inline void Workspace::reserve(const Plan& plan) {
  const size_t needed = plan.workspace_bytes();
  if (needed <= size_) return;
  data_.reset();  // before the allocation: old and new need not exist at once
  size_ = 0;
  data_.reset(new unsigned char[needed]);
  size_ = needed;
}

// A layer with its weights packed. Immutable; move-only.
class Operator {
 public:
  // Copies weights and per-channel vectors: the caller's may go afterwards. Slow: once per layer.
  explicit Operator(const deconv_params& params) : rank_(params.rank), out_channels_(params.out_channels) {
    deconv_operator* created = nullptr;
    throw_unless_ok(deconv_operator_create(&params, &created));
    op_.reset(created);
    deconv_operator_info_init(&info_);
    throw_unless_ok(deconv_operator_get_info(created, &info_));
  }

  // A plan for one input shape: microseconds.
  Plan plan(const deconv_plan_options& options) const { return Plan(get(), options, rank_, out_channels_); }
  // The same in short; one extent per spatial axis, outermost first. threads 0: OpenMP's default, 1: the calling thread alone.
  Plan plan(std::initializer_list<int64_t> in, int64_t batch = 1, int32_t threads = 0) const {
    if (in.size() != static_cast<size_t>(rank_)) {
      throw Error(DECONV_INVALID_ARGUMENT, "in has " + std::to_string(in.size()) + " extents for rank " + std::to_string(rank_));
    }
    return plan(PlanOptions(in, batch, threads));
  }

  // Strings that live as long as the operator; "" where the backend has no such choice.
  const char* backend() const noexcept { return info_.backend; }          // "highway"
  const char* isa() const noexcept { return info_.isa; }                  // "AVX3"
  const char* algorithm() const noexcept { return info_.algorithm; }      // "phase_gemm"
  const char* description() const noexcept { return info_.description; }  // one line: what was chosen and why
  const char* candidates() const noexcept { return info_.candidates; }    // one line per candidate, in ranked order
  int64_t packed_bytes() const noexcept { return info_.packed_bytes; }    // memory held for weights and per-channel vectors
  const deconv_operator* get() const noexcept { return op_.get(); }       // for the C interface; stays owned by this object

 private:
  struct Destroy {
    void operator()(deconv_operator* op) const noexcept { deconv_operator_destroy(op); }
  };
  std::unique_ptr<deconv_operator, Destroy> op_;
  deconv_operator_info info_{};
  int32_t rank_;
  int64_t out_channels_;
};

// ---- Questions that create nothing. Thread-safe. ----

// Throws what creating the operator would throw, out of memory while packing aside. Weights may be NULL.
inline void check(const deconv_params& params) { throw_unless_ok(deconv_check(&params)); }

// One line per candidate backend and algorithm: chosen, possible or declined, with the reason.
inline std::string explain(const deconv_params& params) {
  size_t needed = 0;
  throw_unless_ok(deconv_explain(&params, nullptr, 0, &needed));
  std::string text(needed, '\0');
  throw_unless_ok(deconv_explain(&params, &text[0], text.size(), &needed));
  text.resize(needed == 0 ? 0 : needed - 1);  // without the terminating 0
  return text;
}

// Output extents for the input extents `in`, one per spatial axis.
inline Extents output_shape(const deconv_params& params, const Extents& in) {
  Extents out{};
  throw_unless_ok(deconv_output_shape(&params, in.data(), out.data()));
  return out;
}

// A framework's padding words (SAME, VALID, an explicit output shape or null) as numbers for the input extents `in`; assign the result to
// params.padding or point PlanOptions::padding at it.
inline deconv_padding resolve_padding(const deconv_params& params, const Extents& in, deconv_padding_mode mode,
                                      const Extents* output_shape = nullptr) {
  deconv_padding padding{};
  throw_unless_ok(deconv_resolve_padding(&params, in.data(), mode, output_shape ? output_shape->data() : nullptr, &padding));
  return padding;
}

// The library's version, "0.1.0": that of the library at run time, not of this header.
inline std::string version() { return deconv_version(); }

// Backends compiled into the library, in ranked order.
inline std::vector<std::string> backends() {
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>(deconv_backend_count()));
  for (int32_t i = 0; i < deconv_backend_count(); ++i) names.emplace_back(deconv_backend_name(i));
  return names;
}

}  // namespace v0
}  // namespace deconv

#endif  // DECONV_DECONV_HPP_
