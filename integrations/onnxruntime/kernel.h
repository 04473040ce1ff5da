// SPDX-License-Identifier: Apache-2.0
// One ConvTranspose node of a session.
#pragma once

#include <memory>

#include "host_pool.h"
#include "inputs.h"
#include "layer.h"
#include "plan_cache.h"

namespace deconv_ort {

// What is registered: ONNX's ConvTranspose of floats and of halves (float16), and the fused operator, of floats.
enum class Variant { kFloat, kHalf, kFused };

// Thread-safe once created: sessions run nodes of several requests at the same time. Errors: Failure and deconv::Error.
class Kernel {
 public:
  // Constant weights and per-channel vectors are packed here, once; if one of them is computed by the model, each run packs.
  Kernel(const OrtApi& api, const OrtKernelInfo* info, Variant variant);

  void run(OrtKernelContext* context);

  const std::string& name() const noexcept { return name_; }
  const OrtApi& api() const noexcept { return api_; }

 private:
  // The layer that attributes and weights describe, and its packed weights.
  struct Packed {
    Layer layer;
    deconv::Operator op;
  };

  std::unique_ptr<Packed> pack(const Inputs& inputs, const Dims& expected) const;
  void run(OrtKernelContext* context, const Inputs& inputs, const ShapePlan& shape, const HostPool& pool) const;
  void run(const ShapePlan& shape, const HostPool& pool, const void* src, void* dst, const void* residual) const;
  void run_in_halves(OrtKernelContext* context, const Inputs& inputs, const ShapePlan& shape, const HostPool& pool) const;

  const OrtApi& api_;
  const std::string name_;
  const Variant variant_;
  const Attributes attributes_;
  const Owned<OrtAllocator> allocator_;
  std::unique_ptr<const Packed> packed_;  // null: the model computes weights or vectors
  PlanCache plans_;
  PoolWidth width_;
};

}  // namespace deconv_ort
