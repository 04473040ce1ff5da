// SPDX-License-Identifier: Apache-2.0
// accuracy_measure: errors of toom_cook on every layer of the zoo that it accepts, as lines of CSV. tests/accuracy/generate.py runs it and
// writes the table of docs/accuracy.md.
//   accuracy_measure [layer ...]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "accuracy/sample.h"
#include "support/fast_accuracy.h"
#include "support/layer.h"
#include "support/tolerance.h"
#include "support/zoo.h"

using namespace deconv_test;

namespace {

// Positions of dst whose outputs are computed exactly, and output channels at each.
constexpr int kPositions = 1024, kChannels = 32;

double rms(const std::vector<SampledOutput>& outputs) {
  double sum = 0;
  for (const SampledOutput& output : outputs) sum += output.value * output.value;
  return std::sqrt(sum / static_cast<double>(outputs.size()));
}

// Largest error, and largest error in units of its bound (terms == 0: no bound).
struct Errors {
  double largest = 0, of_bound = 0;
};
Errors errors(const std::vector<SampledOutput>& outputs, const std::vector<float>& dst, int64_t terms) {
  Errors result;
  for (const SampledOutput& output : outputs) {
    const double error = std::fabs(static_cast<double>(dst[static_cast<size_t>(output.index)]) - output.value);
    result.largest = std::max(result.largest, error);
    if (terms > 0) result.of_bound = std::max(result.of_bound, error / (gamma_n(terms) * output.magnitude));
  }
  return result;
}

std::vector<float> run(const Layer& layer, const Tensors& tensors) {
  RunResult result = layer.run(tensors);
  if (result.status != DECONV_OK || !result.trespass.empty())
    throw std::runtime_error("run failed: " + result.error + " " + result.trespass);
  return std::move(result.dst);
}

// "F(3,2)xF(3,2)" of "AVX3/toom_cook F(3,2)xF(3,2) 8x48".
std::string transforms(const std::string& description) {
  const size_t begin = description.find("F(");
  return description.substr(begin, description.find(' ', begin) - begin);
}

// The choice without a wish, the errors of toom_cook and those of the best algorithm that multiplies plainly.
void measure(const ZooRow& row, deconv_layout layout, DataKind kind) {
  Problem p = row.problem;
  p.src_layout = p.dst_layout = layout;
  p.threads = 2;
  const Tensors tensors = make_tensors(p, kind);
  const Layer fast(p, {"highway", "", "toom_cook"}, tensors);
  if (fast.status() == DECONV_UNSUPPORTED) return;
  if (fast.status() != DECONV_OK) throw std::runtime_error(row.layer + ": " + fast.error());
  const Layer chosen(p, {"highway", "", ""}, tensors);
  const std::string choice = chosen.operator_info().algorithm;
  const FastAlgorithm algorithm = fast_algorithm(p, fast.plan_info().description);
  const int64_t channels = p.in_channels / p.groups;
  const std::vector<SampledOutput> outputs = sample_outputs(p, tensors, algorithm, kPositions, kChannels);
  p.strict = true;
  const Layer strict(p, {"highway", "", ""}, tensors);
  const double size = rms(outputs);
  const Errors errors_fast = errors(outputs, run(fast, tensors), algorithm.terms(channels) + 4);
  const Errors errors_strict = errors(outputs, run(strict, tensors), 0);
  std::printf("%s;%s;%s;%s;%s;%lld;%.4g;%s;%zu;%.3g;%.3g;%.3g\n", row.layer.c_str(), layout == DECONV_CHANNELS_FIRST ? "nchw" : "nhwc",
              fast.operator_info().isa, choice == "toom_cook" ? "yes" : "no", transforms(fast.plan_info().description).c_str(),
              static_cast<long long>(channels), algorithm.factor(), kind_name(kind), outputs.size(), errors_fast.largest / size,
              errors_strict.largest / size, errors_fast.of_bound);
  std::fflush(stdout);
}

bool wanted(const std::string& layer, int argc, char** argv) {
  return argc == 1 || std::any_of(argv + 1, argv + argc, [&](const char* name) { return layer == name; });
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::printf("layer;layout;isa;chosen;transforms;channels;factor;data;outputs;error;strict_error;of_bound\n");
    for (const ZooRow& row : load_zoo(DECONV_TEST_ZOO)) {
      if (!wanted(row.layer, argc, argv)) continue;
      for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
        for (const DataKind kind : {DataKind::kNormal, DataKind::kAdverse}) measure(row, layout, kind);
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "accuracy_measure: %s\n", error.what());
    return 1;
  }
  return 0;
}
