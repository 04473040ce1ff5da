// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <set>

#include "bench_table.h"
#include "command.h"
#include "deconv/deconv.h"
#include "layers.h"
#include "machine_kernels.h"
#include "progress.h"
#include "result_json.h"
#include "system.h"
#include "text.h"

namespace deconv::tool {
namespace {

struct BenchOptions {
  LayerOptions layers;
  std::string backends = "backends", json, csv, turns;
  SessionOptions session;
};

constexpr double kSecondsOfRow = 2;  // of the default budget

// Layer by layer, so that what is compared is measured within seconds. What is asked for twice runs once.
std::vector<bench::RowSpec> make_rows(const BenchOptions& options) {
  const std::vector<bench::Variant> variants = bench::parse_variants("--backends", options.backends);
  std::vector<bench::RowSpec> rows;
  std::set<std::string> seen;
  for (const Case& one : read_cases(options.layers)) {
    for (const bench::Layouts layout : one.layouts) {
      for (const int threads : one.threads) {
        for (const bench::Variant& variant : variants) {
          const bench::RowSpec row{one.layer, variant, layout, threads};
          if (!too_slow(row) && seen.insert(row.name()).second) rows.push_back(row);
        }
      }
    }
  }
  return rows;
}

Context make_context(const std::vector<std::string>& arguments) {
  Context context;
  context.date = utc_now();
  context.arguments = arguments;
  context.cpu = bench::cpu_model();
  context.cpus = cpu_count();
  context.affinity = affinity();
  context.isa = bench::machine_target();
  context.compiler = compiler();
  context.version = deconv_version();
  for (int32_t i = 0; i < deconv_backend_count(); ++i) context.backends.emplace_back(deconv_backend_name(i), deconv_backend_version(i));
  context.environment = environment();
  return context;
}

void measure_peaks(const std::vector<bench::RowSpec>& rows, ProgressLine& line, Context& context) {
  for (const bench::RowSpec& row : rows) {
    if (context.peaks.count(row.threads) != 0) continue;
    line.show("measuring the machine's peaks");
    context.peaks[row.threads] = bench::measure_roof(row.threads);
  }
}

void add_bounds(Results& results) {
  for (RowResult& row : results.rows) {
    if (!row.error.empty()) continue;
    const bench::Roof& roof = results.context.peaks.at(row.threads);
    row.bound_ms = 1e3 * roof.bound(row.flops, row.bytes);
    row.memory_bound = roof.bound(0, row.bytes) > roof.bound(row.flops, 0);
  }
}

Results run(const BenchOptions& options, const std::vector<std::string>& arguments) {
  const std::vector<bench::RowSpec> rows = make_rows(options);
  ProgressLine line;
  Results results;
  results.context = make_context(arguments);
  SessionOptions session = options.session;
  std::unique_ptr<Turns> turns;
  if (!options.turns.empty()) turns = std::make_unique<Turns>(options.turns);
  session.turns = turns.get();
  {
    const Turn turn(turns.get());
    measure_peaks(rows, line, results.context);
  }
  if (session.budget_s == 0) session.budget_s = kSecondsOfRow * static_cast<double>(rows.size());
  Measured measured = measure(rows, session, [&](const Progress& progress) { line.show(progress); });
  results.rows = std::move(measured.rows);
  Context& context = results.context;
  context.cold = session.cold;
  context.cold_bytes = session.cold ? cold_bytes() : 0;
  context.budget_s = session.budget_s;
  context.elapsed_s = measured.elapsed_s;
  context.rounds = measured.rounds;
  context.noise = std::move(measured.noise);
  add_bounds(results);
  return results;
}

void print(const Results& results) {
  const Context& context = results.context;
  std::fputs(
      wrap("", context.cpu + ", " + context.isa + ", deconv " + context.version + ", " + (context.cold ? "cold" : "warm") + " caches, " +
                   std::to_string(context.rounds) + (context.rounds == 1 ? " round" : " rounds") + " in " + duration(context.elapsed_s))
          .c_str(),
      stdout);
  for (const auto& [threads, roof] : context.peaks)
    std::fputs(wrap(format("peak, %d thread%s: ", threads, threads == 1 ? "" : "s"), bench::to_text(roof)).c_str(), stdout);
  std::fputs(("\n" + format_results(results) + wrap("machine: ", context.noise.text)).c_str(), stdout);
  const std::string hint = context.peaks.empty() ? "" : pinning_hint(context.peaks.rbegin()->first);
  if (!hint.empty()) std::fputs(wrap("hint: ", hint).c_str(), stdout);
}

int status_of(const Results& results) {
  for (const RowResult& row : results.rows) {
    if (row.error.rfind("wrong", 0) == 0) return kExitWrong;
  }
  return kExitOk;
}

int run_bench(const BenchOptions& options, const std::vector<std::string>& arguments) {
  const Results results = run(options, arguments);
  print(results);
  if (!options.json.empty()) write_json(results, options.json);
  if (!options.csv.empty()) write_csv(results, options.csv);
  return status_of(results);
}

}  // namespace

void add_bench(CLI::App& program, const std::vector<std::string>& arguments, int& status) {
  CLI::App* command = program.add_subcommand("bench", "Verifies and times layers on every backend");
  const auto options = std::make_shared<BenchOptions>();
  options->layers.add_to(*command);
  command
      ->add_option("--backends", options->backends,
                   "BACKEND, BACKEND:strict, BACKEND:ALGORITHM or BACKEND:all (each algorithm); the default is every backend as it "
                   "chooses, naive on small layers only")
      ->type_name("LIST");
  command->add_flag("--cold", options->session.cold, "Caches hold other data before each run (default: warm)");
  command->add_option("--budget", options->session.budget_s, "Seconds for the whole run (default: 2 for each row)")
      ->check(finite())
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS");
  command->add_option("--rounds", options->session.rounds, "Visits of each row, spread over the run (default: 20)")
      ->check(CLI::Range(1, static_cast<int>(kMostRounds)))
      ->type_name("N");
  command->add_option("--turns", options->turns, "Measure by turns with every other bench that names this file (docs/tool.md: compare)")
      ->type_name("FILE");
  command->add_option("--json", options->json, "Every sample, for `deconv compare` and `deconv report` (docs/bench_json.md)")
      ->type_name("FILE");
  command->add_option("--csv", options->csv, "One line for each row")->type_name("FILE");
  command->footer(
      "Every row is verified before it is timed. ms: median of the rounds' medians, with an interval that holds it in 95 of 100 runs.\n"
      "Exit status: 0, or 1 where a result was wrong, 2 for bad arguments.\n"
      "Examples:\n"
      "  deconv bench d2 ic64 oc3 ih32x32 k4x4 s2x2 pb1x1 pe1x1\n"
      "  deconv bench dcgan_g1 pix2pix_outer --layouts nchw,nhwc --threads 1,2\n"
      "  deconv bench --onnx model.onnx --input-shape x:1,3,640,640 --json run.json\n"
      "  deconv bench --zoo zoo --backends highway,highway:all --budget 600");
  command->callback([options, arguments, &status] { status = run_bench(*options, arguments); });
}

}  // namespace deconv::tool
