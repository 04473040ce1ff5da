// SPDX-License-Identifier: Apache-2.0
#include "problem_layer.h"

#include <algorithm>
#include <stdexcept>

namespace deconv::bench {
namespace {

using deconv_test::Problem;

// Counts of elements are products of int64_t: they must not overflow before an allocation can fail.
void check_size(const Layer& layer) {
  constexpr double kMost = 1099511627776;  // 4 TiB of floats
  double src = static_cast<double>(layer.batch) * static_cast<double>(layer.in_channels);
  double dst = static_cast<double>(layer.batch) * static_cast<double>(layer.out_channels);
  double weights = static_cast<double>(layer.in_channels) * static_cast<double>(layer.out_channels) / static_cast<double>(layer.groups);
  for (int a = 0; a < layer.rank; ++a) {
    src *= static_cast<double>(layer.in[a]);
    dst *= static_cast<double>(layer.out[a]);
    weights *= static_cast<double>(layer.kernel[a]);
  }
  const auto check = [](const char* tensor, double count) {
    if (count > kMost) throw std::runtime_error(std::string(tensor) + " has more than 2^40 elements");
  };
  check("src", src);
  check("weights", weights);
  check("dst", dst);
}

}  // namespace

Layer to_layer(const Problem& problem, const std::string& name) {
  Layer layer;
  layer.name = name;
  layer.rank = problem.rank;
  layer.batch = problem.batch;
  layer.groups = problem.groups;
  layer.in_channels = problem.in_channels;
  layer.out_channels = problem.out_channels;
  std::copy_n(problem.in.begin(), problem.rank, layer.in);
  std::copy_n(problem.kernel.begin(), problem.rank, layer.kernel);
  std::copy_n(problem.stride.begin(), problem.rank, layer.stride);
  std::copy_n(problem.dilation.begin(), problem.rank, layer.dilation);
  std::copy_n(problem.pad_begin.begin(), problem.rank, layer.padding.begin);
  std::copy_n(problem.pad_end.begin(), problem.rank, layer.padding.end);
  std::copy_n(problem.output_padding.begin(), problem.rank, layer.padding.output);
  layer.bias = problem.bias;
  layer.epilogue = {problem.scale, problem.residual,  problem.inplace,  problem.activation,
                    problem.alpha, problem.clamp_min, problem.clamp_max};
  layer.weights_layout = problem.weights_layout;
  layer.weights_form = problem.weights_form;
  layer.strict = problem.strict;
  if (layer.batch < 1) throw std::runtime_error("n = " + std::to_string(layer.batch) + " must be at least 1");
  deconv_params params = to_params(layer, {problem.src_layout, problem.dst_layout}, 1);
  params.activation = DECONV_ACTIVATION_NONE;  // slopes are not there yet
  if (deconv_output_shape(&params, layer.in, layer.out) != DECONV_OK) throw std::runtime_error(deconv_last_error());
  check_size(layer);
  return layer;
}

Problem to_problem(const Layer& layer, Layouts layouts, int threads) {
  Problem problem;
  problem.rank = layer.rank;
  problem.batch = layer.batch;
  problem.groups = layer.groups;
  problem.in_channels = layer.in_channels;
  problem.out_channels = layer.out_channels;
  std::copy_n(layer.in, layer.rank, problem.in.begin());
  std::copy_n(layer.kernel, layer.rank, problem.kernel.begin());
  std::copy_n(layer.stride, layer.rank, problem.stride.begin());
  std::copy_n(layer.dilation, layer.rank, problem.dilation.begin());
  std::copy_n(layer.padding.begin, layer.rank, problem.pad_begin.begin());
  std::copy_n(layer.padding.end, layer.rank, problem.pad_end.begin());
  std::copy_n(layer.padding.output, layer.rank, problem.output_padding.begin());
  problem.src_layout = layouts.src;
  problem.dst_layout = layouts.dst;
  problem.weights_layout = layer.weights_layout;
  problem.weights_form = layer.weights_form;
  problem.bias = layer.bias;
  problem.scale = layer.epilogue.scale;
  problem.residual = layer.epilogue.residual;
  problem.inplace = layer.epilogue.inplace;
  problem.activation = layer.epilogue.activation;
  problem.alpha = layer.epilogue.alpha;
  problem.clamp_min = layer.epilogue.clamp_min;
  problem.clamp_max = layer.epilogue.clamp_max;
  problem.strict = layer.strict;
  problem.threads = threads;
  return problem;
}

}  // namespace deconv::bench
