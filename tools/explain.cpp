// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <map>
#include <memory>

#include "command.h"
#include "layers.h"
#include "prediction.h"
#include "problem_layer.h"
#include "text.h"

namespace deconv::tool {
namespace {

constexpr size_t kName = 22, kVerdict = 9, kTime = 9;

std::string candidate_text(const CandidateLine& candidate) {
  if (candidate.verdict.empty()) return wrap(candidate.name.empty() ? "" : candidate.name + ": ", candidate.reason);
  const std::string time = candidate.predicted_ms > 0 ? milliseconds(candidate.predicted_ms) : "-";
  return wrap(cut(candidate.name, kName) + " " + cut(candidate.verdict, kVerdict) + format("%*s  ", static_cast<int>(kTime), time.c_str()),
              candidate.reason);
}

void print(const bench::Layer& layer, bench::Layouts layouts, int threads, const bench::Roof& roof) {
  std::fputs(wrap("", deconv_test::format_problem(bench::to_problem(layer, layouts, threads))).c_str(), stdout);
  const int64_t flops = layer.flops();
  const int64_t bytes = layer.compulsory_bytes();
  const double arithmetic = 1e3 * static_cast<double>(flops) / roof.flops, memory = 1e3 * roof.bound(0, bytes);
  const std::string bound = "bound " + milliseconds(std::max(arithmetic, memory)) + " ms on " + std::to_string(threads) +
                            (threads == 1 ? " thread" : " threads") + ", by " + (arithmetic > memory ? "arithmetic" : "memory") + ": " +
                            operations(flops) + ", " + bytes_text(bytes) + " in and out";
  std::fputs(wrap("", bound).c_str(), stdout);
  std::printf("%-*s%-*s%*s  why\n", static_cast<int>(kName + 1), "candidate", static_cast<int>(kVerdict), "", static_cast<int>(kTime),
              "~ms");
  for (const CandidateLine& candidate : explain(layer, layouts, threads, roof)) std::fputs(candidate_text(candidate).c_str(), stdout);
}

void run_explain(const LayerOptions& options) {
  std::map<int, bench::Roof> roofs;
  bool first = true;
  for (const Case& one : read_cases(options)) {
    for (const bench::Layouts layouts : one.layouts) {
      for (const int threads : one.threads) {
        if (roofs.count(threads) == 0) roofs[threads] = bench::measure_roof(threads);
        if (!first) std::printf("\n");
        first = false;
        if (one.layer.name.find(' ') == std::string::npos) std::printf("%s\n", one.layer.name.c_str());
        print(one.layer, layouts, threads, roofs[threads]);
      }
    }
  }
}

}  // namespace

void add_explain(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("explain", "Every candidate for a layer: chosen or declined, predicted time, reason");
  const auto options = std::make_shared<LayerOptions>();
  options->add_to(*command);
  command->footer(
      "~ms: the cost model's figure on this machine's measured peak, no less than memory needs. Its order is what chooses; the times are "
      "rough.\n"
      "Examples:\n"
      "  deconv explain d2 ic64 oc3 ih32x32 k4x4 s2x2 pb1x1 pe1x1\n"
      "  deconv explain \"d1 ic512 oc256 ih283 k16 s8 pb4 pe4 layout:nhwc\" --threads 1,2\n"
      "  deconv explain hifigan_v1_up0 --layouts nchw,nhwc");
  command->callback([options, &status] {
    run_explain(*options);
    status = kExitOk;
  });
}

}  // namespace deconv::tool
