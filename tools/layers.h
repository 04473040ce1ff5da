// SPDX-License-Identifier: Apache-2.0
// The layers that a command line means: problem strings, names of the zoo, a file of layers, a model.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "selection.h"

namespace deconv::tool {

// What commands that take layers share on their command lines.
struct LayerOptions {
  std::vector<std::string> problems;
  std::string zoo, onnx;
  std::vector<std::string> input_shapes;
  std::string layouts, threads;

  void add_to(CLI::App& command);
};

// A layer with the layouts and thread counts to look at it with.
struct Case {
  bench::Layer layer;
  std::vector<bench::Layouts> layouts;
  std::vector<int> threads;
};

// Layouts and threads are those of the flags, else those of the problem; nchw and 1 where neither says. Throws std::runtime_error naming
// what is wrong; also for nothing to look at.
std::vector<Case> read_cases(const LayerOptions& options);

// The line above what is told of a layer: its name, shape, layout and threads.
std::string row_title(const bench::Layer& layer, bench::Layouts layouts, int threads);

}  // namespace deconv::tool
