// SPDX-License-Identifier: Apache-2.0
#include "onednn/plan.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "core/error.h"
#include "onednn/attributes.h"
#include "onednn/descriptors.h"
#include "onednn/failure.h"
#include "onednn/finish.h"
#include "onednn/implementation.h"
#include "onednn/thread_scope.h"

namespace deconv {
namespace {

const char* layout_name(deconv_layout layout) { return layout == DECONV_CHANNELS_LAST ? "channels last" : "channels first"; }

std::string layouts(const Parameters& p) {
  const std::string src = layout_name(p.src_layout), dst = layout_name(p.dst_layout);
  return src == dst ? src : src + " to " + dst;
}

class OnednnPlan final : public Plan {
 public:
  // Constructed inside a ThreadScope of shape.threads.
  OnednnPlan(const OnednnOperator& op, const Shape& shape, const Implementation& found)
      : op_(op),
        pixels_(shape.batch * shape.out_spatial()),
        name_(found.name()),
        separate_epilogue_(found.separate_epilogue),
        desc_(found.desc),
        primitive_(translate_failures("creating the primitive", [&] { return dnnl::deconvolution_forward(desc_); })),
        shares_weights_(desc_.weights_desc() == op.usual_weights().desc),
        scratchpad_bytes_(desc_.scratchpad_desc().get_size()) {
    if (!shares_weights_) own_weights_ = op.pack(desc_.weights_desc());
  }

  size_t workspace_bytes() const override { return scratchpad_bytes_ == 0 ? 0 : scratchpad_bytes_ + kAlignment - 1; }

  std::string description() const override { return name_ + ", " + layouts(op_.params()); }

  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override {
    try {
      execute(args, parallel);
      return DECONV_OK;
    } catch (const dnnl::error& error) {
      const Error words = translated(error, "running the primitive");
      set_last_error(words.what());
      return words.status() == DECONV_OUT_OF_MEMORY ? DECONV_OUT_OF_MEMORY : DECONV_BACKEND_FAILURE;
    } catch (const std::bad_alloc&) {
      set_last_error("out of memory while running oneDNN's primitive");
      return DECONV_OUT_OF_MEMORY;
    } catch (const std::exception& error) {
      set_last_error(error.what());
      return DECONV_BACKEND_FAILURE;
    }
  }

 private:
  void execute(const RunArguments& args, const Parallel& parallel) const {
    copy_residual(args, parallel);
    run_primitive(args, parallel);
    if (separate_epilogue_) finish(op_.params(), op_.bias(), op_.slopes(), pixels_, static_cast<float*>(args.dst), parallel);
  }

  void run_primitive(const RunArguments& args, const Parallel& parallel) const {
    // oneDNN cannot run on the caller's pool, and inside a parallel region the other threads are the caller's.
    const bool alone = parallel.parallel_for != nullptr || in_parallel_region();
    const ThreadScope threads(alone ? 1 : parallel.threads);
    dnnl::stream stream(onednn_engine());
    primitive_.execute(stream, arguments(args));
    stream.wait();
  }

  // The sum post-op adds what dst holds, so a residual elsewhere is copied there first: one more pass over dst, which binary_add would
  // avoid, but not with every implementation.
  void copy_residual(const RunArguments& args, const Parallel& parallel) const noexcept {
    if (args.residual == nullptr || args.residual == args.dst) return;
    constexpr int64_t kChunk = 1 << 18;
    const auto bytes = static_cast<int64_t>(desc_.dst_desc().get_size());
    parallel_run(parallel, (bytes + kChunk - 1) / kChunk, [&](int, int64_t chunk) {
      const int64_t begin = chunk * kChunk;
      std::memcpy(static_cast<char*>(args.dst) + begin, static_cast<const char*>(args.residual) + begin,
                  static_cast<size_t>(std::min(kChunk, bytes - begin)));
    });
  }

  // Made for each run: a memory object of oneDNN is bound to its pointer, and runs overlap.
  std::unordered_map<int, dnnl::memory> arguments(const RunArguments& args) const {
    const auto memory = [](const dnnl::memory::desc& desc, const void* data) {
      return dnnl::memory(desc, onednn_engine(), const_cast<void*>(data));
    };
    const PackedWeights& weights = shares_weights_ ? op_.usual_weights() : own_weights_;
    std::unordered_map<int, dnnl::memory> result = {
        {DNNL_ARG_SRC, memory(desc_.src_desc(), args.src)},
        {DNNL_ARG_WEIGHTS, memory(weights.desc, weights.data.data())},
        {DNNL_ARG_DST, memory(desc_.dst_desc(), args.dst)},
    };
    const Epilogue epilogue = separate_epilogue_ ? Epilogue{} : op_.params().epilogue;
    if (epilogue.has_bias) result.insert({DNNL_ARG_BIAS, memory(desc_.bias_desc(), op_.bias())});
    if (epilogue.activation == DECONV_ACTIVATION_PRELU) {
      result.insert({slopes_argument(epilogue), memory(channel_vector(op_.params()), op_.slopes())});
    }
    if (scratchpad_bytes_ > 0) result.insert({DNNL_ARG_SCRATCHPAD, memory(desc_.scratchpad_desc(), align_up(args.workspace))});
    return result;
  }

  const OnednnOperator& op_;
  const int64_t pixels_;  // of dst, over the whole batch
  const std::string name_;
  const bool separate_epilogue_;
  const PrimitiveDesc desc_;
  const dnnl::deconvolution_forward primitive_;
  const bool shares_weights_;
  const size_t scratchpad_bytes_;
  PackedWeights own_weights_;
};

}  // namespace

std::unique_ptr<Plan> make_onednn_plan(const OnednnOperator& op, const Shape& shape) {
  const Implementation found = find_implementation(op.params(), shape);
  if (!found.support.ok) throw Error(DECONV_UNSUPPORTED, "backend onednn cannot run this shape: %s", found.support.reason.c_str());
  const ThreadScope threads(shape.threads);
  return std::make_unique<OnednnPlan>(op, shape, found);
}

}  // namespace deconv
