// SPDX-License-Identifier: Apache-2.0
// How an engine holds deconv: an operator per layer, made once; plans per input shape, made when a shape first comes; one arena of
// temporary memory for all layers; the engine's own threads.
#pragma once

#include <deconv/deconv.hpp>
#include <map>
#include <vector>

#include "thread_pool.h"

// A chain of transposed convolutions. One thread uses an engine at a time; engines may share a pool's process, not its threads.
class Engine {
 public:
  // `layers`: parameters with their weights, which are copied. `in`: the spatial extents of the first layer's input.
  Engine(const std::vector<deconv::Params>& layers, deconv::Extents in, ThreadPool& pool);

  // src: batch x channels x extents floats of the first layer. The result, of the last layer, is the engine's and lives until the next run.
  const std::vector<float>& run(const float* src, int64_t batch);

  size_t arena_bytes() const { return arena_.size(); }

 private:
  const std::vector<deconv::Plan>& plans_for(int64_t batch);

  std::vector<deconv::Operator> operators_;
  deconv::Extents in_;
  ThreadPool& pool_;
  std::map<int64_t, std::vector<deconv::Plan>> plans_;  // by batch
  deconv::Workspace arena_;
  std::vector<float> tensors_[2];  // a layer reads one and writes the other
};
