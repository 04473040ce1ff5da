// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

#include <algorithm>

#include "half.h"
#include "scratch.h"

namespace deconv_ort {
namespace {

Owned<OrtAllocator> allocator_of(const OrtApi& api, const OrtKernelInfo* info) {
  OrtAllocator* allocator = nullptr;
  check(api, api.KernelInfoGetAllocator(info, OrtMemTypeDefault, &allocator));
  return Owned<OrtAllocator>(allocator, Release{&api});
}

void* output(const OrtApi& api, OrtKernelContext* context, const Dims& dims) {
  OrtValue* value = nullptr;
  check(api, api.KernelContext_GetOutput(context, 0, dims.data(), dims.size(), &value));
  return data_of(api, value);
}

int64_t count_of(const Dims& dims) {
  int64_t count = 1;
  for (int64_t dim : dims) count *= dim;
  return count;
}

// Elements that one task converts: 128 KiB of floats.
constexpr int64_t kPiece = 1 << 15;

template <class Convert>
void in_pieces(const HostPool& pool, int64_t count, const Convert& convert) {
  pool((count + kPiece - 1) / kPiece, [&](int64_t piece) { convert(piece * kPiece, std::min(kPiece, count - piece * kPiece)); });
}

}  // namespace

Kernel::Kernel(const OrtApi& api, const OrtKernelInfo* info, Variant variant)
    : api_(api),
      name_(node_name(api, info)),
      variant_(variant),
      attributes_(read_attributes(KernelAttributes(api, info), variant == Variant::kFused)),
      allocator_(allocator_of(api, info)) {
  Inputs constants;
  if (!constant_inputs(api, info, &constants)) return;
  if (variant == Variant::kFused && has_input(api, info, kResidual))
    constants.values[kResidual] = constants[kW];  // present: its values come with runs
  packed_ = pack(constants, declared_dims(api, info, kX));
}

// `expected`: the shape of X as far as it is known, for the choice of an algorithm.
std::unique_ptr<Kernel::Packed> Kernel::pack(const Inputs& inputs, const Dims& expected) const {
  Layer layer(attributes_, dims_of(api_, inputs[kW]));
  deconv_params params = layer.params();
  const bool halves = variant_ == Variant::kHalf;
  const Floats weights(api_, inputs[kW], halves), bias(api_, per_channel(api_, inputs, kB, layer.out_channels()), halves),
      scale(api_, per_channel(api_, inputs, kScale, layer.out_channels()), halves),
      slopes(api_, per_channel(api_, inputs, kSlopes, layer.out_channels()), halves);
  params.weights = weights.data();
  params.bias = bias.data();
  params.scale = scale.data();
  params.prelu_slopes = slopes.data();
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
    output(api_, context, packed.layer.output_dims(x));
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
  if (variant_ == Variant::kHalf) return run_in_halves(context, inputs, shape, pool);
  const void* const residual = inputs[kResidual] != nullptr ? data_of(api_, inputs[kResidual]) : nullptr;
  run(shape, pool, data_of(api_, inputs[kX]), output(api_, context, shape.y), residual);
}

void Kernel::run(const ShapePlan& shape, const HostPool& pool, const void* src, void* dst, const void* residual) const {
  const Scratch workspace(allocator_.get(), shape.plan.workspace_bytes());
  deconv::RunArgs args;
  args.src = src;
  args.dst = dst;
  args.residual = residual;
  args.workspace = workspace.data();
  args.workspace_size = shape.plan.workspace_bytes();
  args.set_parallel_for(pool);
  shape.plan.run(args);
}

// As the runtime runs models of halves on CPUs: in float between casts.
void Kernel::run_in_halves(OrtKernelContext* context, const Inputs& inputs, const ShapePlan& shape, const HostPool& pool) const {
  const int64_t src_count = count_of(shape.x), dst_count = count_of(shape.y);
  const auto* const x = static_cast<const uint16_t*>(data_of(api_, inputs[kX]));
  auto* const y = static_cast<uint16_t*>(output(api_, context, shape.y));
  const Scratch src_memory(allocator_.get(), static_cast<size_t>(src_count) * sizeof(float));
  const Scratch dst_memory(allocator_.get(), static_cast<size_t>(dst_count) * sizeof(float));
  auto* const src = static_cast<float*>(src_memory.data());
  auto* const dst = static_cast<float*>(dst_memory.data());
  in_pieces(pool, src_count, [&](int64_t first, int64_t count) { halves_to_floats(x + first, src + first, count); });
  run(shape, pool, src, dst, nullptr);
  in_pieces(pool, dst_count, [&](int64_t first, int64_t count) { floats_to_halves(dst + first, y + first, count); });
}

}  // namespace deconv_ort
