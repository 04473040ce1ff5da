// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "command.h"
#include "deconv/tuning.h"
#include "layers.h"
#include "progress.h"
#include "text.h"

namespace deconv::tool {
namespace {

struct TuneOptions {
  LayerOptions layers;
  std::string file;
  double seconds = 1;
};

struct Place {
  const bench::Layer* layer;
  bench::Layouts layouts;
  int threads;
};

std::vector<Place> places(const std::vector<Case>& cases) {
  std::vector<Place> all;
  for (const Case& one : cases) {
    for (const bench::Layouts layouts : one.layouts) {
      for (const int threads : one.threads) all.push_back({&one.layer, layouts, threads});
    }
  }
  return all;
}

deconv_tune_result tune(const Place& place, const TuneOptions& options) {
  const bench::Layer& layer = *place.layer;
  deconv_params params = bench::to_params(layer, place.layouts, place.threads);
  const std::vector<float> ones(static_cast<size_t>(layer.out_channels), 1.0f);
  if (layer.bias) params.bias = ones.data();
  if (layer.epilogue.scale) params.scale = ones.data();
  params.prelu_slopes = ones.data();
  deconv_plan_options shape;
  deconv_plan_options_init(&shape);
  shape.batch = layer.batch;
  std::copy_n(layer.in, layer.rank, shape.in);
  shape.threads = place.threads;
  deconv_tune_options how;
  deconv_tune_options_init(&how);
  how.seconds = options.seconds;
  how.file = options.file.c_str();
  deconv_tune_result result;
  deconv_tune_result_init(&result);
  if (deconv_tune(&params, &shape, &how, &result) != DECONV_OK) throw std::runtime_error(layer.name + ": " + deconv_last_error());
  return result;
}

std::string candidate_line(const deconv_tune_result& result, int32_t i) {
  const deconv_tune_candidate& candidate = result.candidate[i];
  const std::string name = candidate.backend + std::string(candidate.algorithm[0] == '\0' ? "" : "/") + candidate.algorithm;
  const std::string time = candidate.seconds > 0 ? milliseconds(1e3 * candidate.seconds) : "-";
  std::string note = candidate.rounds == 0 ? "left out, too slow" : std::to_string(candidate.rounds) + " rounds";
  if (i == result.untuned) note += ", own choice";
  if (i == result.chosen) note += ", remembered";
  return "  " + cut(name, 22) + format("%10s ms  ", time.c_str()) + note + "\n";
}

void print(const Place& place, const deconv_tune_result& result) {
  std::string text = row_title(*place.layer, place.layouts, place.threads);
  for (int32_t i = 0; i < result.candidates; ++i) text += candidate_line(result, i);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

std::string file_of(const TuneOptions& options) {
  if (!options.file.empty()) return options.file;
  const char* set = std::getenv("DECONV_TUNING_FILE");
  if (set == nullptr || *set == '\0') throw std::runtime_error("tune: where to remember? --file FILE, or set DECONV_TUNING_FILE");
  return set;
}

void run_tune(TuneOptions options) {
  options.file = file_of(options);
  const std::vector<Case> cases = read_cases(options.layers);
  const std::vector<Place> all = places(cases);
  int others = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    deconv_tune_result result;
    {
      ProgressLine line;
      line.show(format("%zu/%zu: %s", i + 1, all.size(), all[i].layer->name.c_str()).substr(0, kColumns - 1).c_str());
      result = tune(all[i], options);
    }
    others += result.chosen != result.untuned ? 1 : 0;
    print(all[i], result);
  }
  std::fputs(
      wrap("", std::to_string(all.size()) + (all.size() == 1 ? " problem" : " problems") + " remembered in " + options.file + ", " +
                   std::to_string(others) +
                   " with another choice than the library's own. In use where the environment has DECONV_TUNING_FILE=" + options.file)
          .c_str(),
      stdout);
}

}  // namespace

void add_tune(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("tune", "Measures every candidate for layers and remembers the fastest");
  const auto options = std::make_shared<TuneOptions>();
  options->layers.add_to(*command);
  command->add_option("--file", options->file, "Where to remember (default: DECONV_TUNING_FILE)")->type_name("FILE");
  command->add_option("--seconds", options->seconds, "Time for the runs of each layer, about (default: 1)")
      ->check(finite())
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS");
  command->footer(
      "Tune with the threads that runs will have, while nothing else runs. docs/tuning.md has the rules.\n"
      "Examples:\n"
      "  deconv tune dcgan_g1 pix2pix_outer --threads 2 --file tuning.txt\n"
      "  deconv tune --onnx model.onnx --file tuning.txt\n"
      "  DECONV_TUNING_FILE=tuning.txt deconv explain dcgan_g1 --threads 2");
  command->callback([options, &status] {
    run_tune(*options);
    status = kExitOk;
  });
}

}  // namespace deconv::tool
