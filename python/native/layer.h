// SPDX-License-Identifier: Apache-2.0
// An operator with its packed weights and the plans of the shapes that it met last.
#pragma once

#include <nanobind/nanobind.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "deconv/deconv.hpp"
#include "parameters.h"

namespace deconv_python {

// What tells plans apart. `padding` counts only where it replaces the layer's own.
struct PlanKey {
  std::array<int64_t, 1 + DECONV_MAX_RANK> extents{};  // batch, spatial
  int32_t threads = 0;
  bool has_padding = false;
  deconv_padding padding{};

  bool operator==(const PlanKey& other) const;
};

// A plan and the shape of its output, axes in the order of the layer's layout.
struct PlanEntry {
  PlanEntry(const deconv::Operator& op, const Parameters& params, const PlanKey& plan_key);

  // Runs on memory that the caller knows to be right. Releases the GIL.
  void run(const float* src, float* dst, const float* residual) const;

  PlanKey key;
  deconv::Plan plan;
  std::vector<size_t> out_shape;
};

class Layer {
 public:
  // Packs the weights. `threads` is what runs use that name none; 0 is OpenMP's default.
  Layer(const Parameters& params, int32_t threads);

  // out = layer(x). x: batch and spatial axes and channels in the layer's layout, or the same without the batch. out None: a new NumPy
  // array. Returns out. padding replaces the layer's (lists of begin, end, output) or is None.
  nanobind::object run(nanobind::handle x, nanobind::handle out, nanobind::handle residual, std::optional<int32_t> threads,
                       nanobind::handle padding);

  // The plan for an input of this shape (with or without the batch), from the cache or new.
  std::shared_ptr<const PlanEntry> plan(const Axes& shape, std::optional<int32_t> threads, nanobind::handle padding);

  const Parameters& params() const { return params_; }  // the geometry alone
  const deconv::Operator& op() const { return op_; }
  int32_t threads() const { return threads_; }

 private:
  PlanKey key_of(const int64_t* shape, size_t ndim, std::optional<int32_t> threads, nanobind::handle padding) const;
  std::shared_ptr<const PlanEntry> find_or_make(const PlanKey& key);

  Parameters params_;
  int32_t threads_;
  deconv::Operator op_;
  std::mutex mutex_;                                     // over plans_: free-threaded Python has no GIL to do it
  std::vector<std::shared_ptr<const PlanEntry>> plans_;  // most recently used first
};

void bind_layer(nanobind::module_& m);

}  // namespace deconv_python
