// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

#include <algorithm>

namespace deconv_ort {
namespace {

// Temporary memory of one run, from the session's allocator: its arena serves all nodes and runs.
class Scratch {
 public:
  Scratch(OrtAllocator* allocator, size_t bytes) : allocator_(allocator) {
    if (bytes == 0) return;
    data_ = allocator_->Alloc(allocator_, bytes);
    if (data_ == nullptr) throw std::bad_alloc();
  }
  ~Scratch() {
    if (data_ != nullptr) allocator_->Free(allocator_, data_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void* data() const { return data_; }

 private:
  OrtAllocator* allocator_;
  void* data_ = nullptr;
};

Owned<OrtAllocator> allocator_of(const OrtApi& api, const OrtKernelInfo* info) {
  OrtAllocator* allocator = nullptr;
  check(api, api.KernelInfoGetAllocator(info, OrtMemTypeDefault, &allocator));
  return Owned<OrtAllocator>(allocator, Release{&api});
}

float* output(const OrtApi& api, OrtKernelContext* context, const Dims& dims) {
  OrtValue* value = nullptr;
  check(api, api.KernelContext_GetOutput(context, 0, dims.data(), dims.size(), &value));
  return const_cast<float*>(floats_of(api, value));
}

}  // namespace

Kernel::Kernel(const OrtApi& api, const OrtKernelInfo* info, bool fused)
    : api_(api),
      name_(node_name(api, info)),
      fused_(fused),
      attributes_(read_attributes(KernelAttributes(api, info), fused)),
      allocator_(allocator_of(api, info)) {
  Inputs constants;
  if (!constant_inputs(api, info, &constants)) return;
  if (fused_ && has_input(api, info, kResidual)) constants.values[kResidual] = constants[kW];  // present: its values come with runs
  packed_ = pack(constants, declared_dims(api, info, kX));
}

// `expected`: the shape of X as far as it is known, for the choice of an algorithm.
std::unique_ptr<Kernel::Packed> Kernel::pack(const Inputs& inputs, const Dims& expected) const {
  Layer layer(attributes_, dims_of(api_, inputs[kW]));
  deconv_params params = layer.params();
  params.weights = floats_of(api_, inputs[kW]);
  params.bias = per_channel(api_, inputs, kB, layer.out_channels());
  params.scale = per_channel(api_, inputs, kScale, layer.out_channels());
  params.prelu_slopes = per_channel(api_, inputs, kSlopes, layer.out_channels());
  params.has_residual = inputs[kResidual] != nullptr ? 1 : 0;
  params.expected_threads = 1;  // packing would use OpenMP: no second pool beside the session's
  if (expected.size() == static_cast<size_t>(layer.rank()) + 2 && *std::min_element(expected.begin(), expected.end()) > 0) {
    params.expected_batch = expected[0];
    std::copy(expected.begin() + 2, expected.end(), params.expected_in);
  }
  return std::make_unique<Packed>(Packed{layer, deconv::Operator(params)});
}

void Kernel::run(OrtKernelContext* context) {
  const Inputs inputs = inputs_of(api_, context);
  const Dims x = dims_of(api_, inputs[kX]);
  const std::unique_ptr<const Packed> packed_now = packed_ != nullptr ? nullptr : pack(inputs, x);
  const Packed& packed = packed_ != nullptr ? *packed_ : *packed_now;
  packed.layer.check_input(x);
  if (x[0] == 0) {  // an empty batch has an empty result
    Dims y = packed.layer.output_dims(x);
    output(api_, context, y);
    return;
  }
  const HostPool pool(api_, context);
  const int32_t threads = width_.of(pool);
  run(context, inputs,
      packed_ != nullptr ? *plans_.get(packed.op, packed.layer, x, threads) : *make_plan(packed.op, packed.layer, x, threads), pool);
}

void Kernel::run(OrtKernelContext* context, const Inputs& inputs, const ShapePlan& shape, const HostPool& pool) const {
  if (inputs[kResidual] != nullptr && dims_of(api_, inputs[kResidual]) != shape.y) {
    throw Failure(ORT_INVALID_ARGUMENT,
                  "residual has dims " + to_string(dims_of(api_, inputs[kResidual])) + " where the output has " + to_string(shape.y));
  }
  const Scratch workspace(allocator_.get(), shape.plan.workspace_bytes());
  deconv::RunArgs args;
  args.src = floats_of(api_, inputs[kX]);
  args.dst = output(api_, context, shape.y);
  args.residual = inputs[kResidual] != nullptr ? floats_of(api_, inputs[kResidual]) : nullptr;
  args.workspace = workspace.data();
  args.workspace_size = shape.plan.workspace_bytes();
  args.set_parallel_for(pool);
  shape.plan.run(args);
}

}  // namespace deconv_ort
