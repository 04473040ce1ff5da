// SPDX-License-Identifier: Apache-2.0
// Times the layers of the zoo on every backend. See README.md in this directory.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <new>
#include <regex>
#include <set>
#include <stdexcept>

#include "machine.h"
#include "machine_kernels.h"
#include "options.h"
#include "regret.h"
#include "reporter.h"
#include "row.h"
#include "timings.h"
#include "zoo.h"

namespace deconv::bench {
namespace {

template <class F>
double seconds_of(const F& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Google Benchmark calls a row's function several times: to find the iteration count and for each repetition. The last row stays set up
// between the calls (with random interleaving it is set up again); a failure is remembered, so that nothing slow fails twice.
class CurrentRow {
 public:
  Row& get(const RowSpec& spec, bool skip_slow, const Timings& timings) {
    const std::string name = spec.name();
    if (const auto failed = failures_.find(name); failed != failures_.end()) throw std::runtime_error(failed->second);
    if (row_ == nullptr || name != name_) replace(spec, name, skip_slow, timings);
    return *row_;
  }

  bool any_wrong() const {
    return std::any_of(failures_.begin(), failures_.end(), [](const auto& failure) { return failure.second.rfind("wrong", 0) == 0; });
  }

 private:
  void replace(const RowSpec& spec, const std::string& name, bool skip_slow, const Timings& timings) {
    row_.reset();  // never the tensors of two rows at a time
    name_ = name;
    try {
      auto row = std::make_unique<Row>(spec);
      if (skip_slow && row->first_seconds() > 1)
        throw std::runtime_error("slow: a run takes " + std::to_string(row->first_seconds()) + " s");
      refuse_hopeless(spec, *row, timings);
      row_ = std::move(row);
    } catch (const std::bad_alloc&) {
      failures_[name] = "out of memory";
      throw std::runtime_error(failures_[name]);
    } catch (const std::runtime_error& error) {
      failures_[name] = error.what();
      throw;
    }
  }

  // A forced algorithm far behind the backend's choice decides nothing. The first run is cold: it has a second chance.
  static void refuse_hopeless(const RowSpec& spec, Row& row, const Timings& timings) {
    constexpr double kHopeless = 3;
    const Timings::Entry* choice = spec.variant.algorithm.empty() ? nullptr : timings.find(choice_of(spec));
    if (choice == nullptr) return;
    const double limit = kHopeless * median(choice->seconds);
    if (row.first_seconds() <= limit) return;
    const double seconds = seconds_of([&] { row.run(); });
    if (seconds <= limit) return;
    throw std::runtime_error("cut short: a run takes " + std::to_string(seconds * 1e3) + " ms, " +
                             std::to_string(kHopeless * seconds / limit) + " times the choice's");
  }

  std::string name_;
  std::unique_ptr<Row> row_;
  std::map<std::string, std::string> failures_;
};

void time_row(benchmark::State& state, const RowSpec& spec, const Roof& roof, bool skip_slow, CurrentRow& current, Timings& timings) {
  try {
    Row& row = current.get(spec, skip_slow, timings);
    const double seconds = seconds_of([&] {
      for (auto _ : state) row.run();
    });
    timings.add(spec.name(), row.algorithm(), state.iterations(), seconds / static_cast<double>(state.iterations()));
    const deconv_plan_info& info = row.info();
    const int64_t bytes = spec.layer.compulsory_bytes();
    const auto per_run = benchmark::Counter::kIsIterationInvariantRate;  // value * iterations / time
    state.counters["gflops"] = benchmark::Counter(static_cast<double>(info.flops) * 1e-9, per_run);
    state.counters["percent_of_bound"] = benchmark::Counter(100 * roof.bound(info.flops, bytes), per_run);
    const Timings::Entry* choice = spec.variant.algorithm.empty() ? nullptr : timings.find(choice_of(spec));
    if (choice != nullptr && choice->algorithm != row.algorithm())
      state.counters["regret"] = benchmark::Counter(median(choice->seconds), per_run);
    state.counters["bytes"] = static_cast<double>(bytes);
    state.counters["workspace_bytes"] = static_cast<double>(info.workspace_bytes);
    state.counters["plan_us"] = row.plan_seconds() * 1e6;
    state.counters["create_ms"] = row.create_seconds() * 1e3;
    state.SetLabel(info.description);
  } catch (const std::runtime_error& error) {
    state.SkipWithError(error.what());
  }
}

// Layer by layer, so that what is compared is measured within seconds. What is asked for twice runs once.
std::vector<RowSpec> make_rows(const Options& options) {
  std::vector<Layer> layers = read_zoo(options.zoo);
  if (!options.layers.empty()) layers = select(layers, options.layers);
  std::vector<RowSpec> rows;
  std::set<std::string> seen;
  for (const Layer& layer : layers) {
    for (const Layouts layout : options.layouts) {
      for (int threads : options.threads) {
        for (const Variant& variant : options.variants) {
          const RowSpec row{layer, variant, layout, threads};
          if (!too_slow(row) && seen.insert(row.name()).second) rows.push_back(row);
        }
      }
    }
  }
  return rows;
}

// The rows that --benchmark_filter lets through, by Google Benchmark's rule.
std::vector<RowSpec> filtered(const std::vector<RowSpec>& rows) {
  std::string pattern = benchmark::GetBenchmarkFilter();
  if (pattern.empty() || pattern == "all") return rows;
  const bool exclude = pattern[0] == '-';
  const std::regex regex(exclude ? pattern.substr(1) : pattern, std::regex::extended);
  std::vector<RowSpec> matching;
  for (const RowSpec& row : rows) {
    if (std::regex_search(row.name() + "/real_time", regex) != exclude) matching.push_back(row);
  }
  return matching;
}

// What the figures depend on goes into the JSON's context and to stderr.
void tell(const std::string& key, const std::string& value) {
  benchmark::AddCustomContext(key, value);
  std::fprintf(stderr, "%-14s %s\n", key.c_str(), value.c_str());
}

void tell_versions() {
  tell("cpu", cpu_model() + ", " + machine_target());
#if defined(__clang__)
  tell("compiler", "clang " __clang_version__);
#else
  tell("compiler", "g++ " __VERSION__);
#endif
  tell("deconv", deconv_version());
  for (int32_t i = 0; i < deconv_backend_count(); ++i) tell(deconv_backend_name(i), deconv_backend_version(i));
}

std::map<int, Roof> measure_roofs(const Options& options) {
  std::map<int, Roof> roofs;
  for (int threads : options.threads) {
    if (roofs.count(threads) != 0) continue;
    roofs[threads] = measure_roof(threads);
    tell("roof_t" + std::to_string(threads), to_text(roofs[threads]));
    if (roofs[threads].crowded())
      std::fprintf(stderr, "warning: %d threads do not find %d free cores: expect low figures and a low roof\n", threads, threads);
  }
  return roofs;
}

// The source directory of this build, else where the binary lies.
std::string data_directory(const char* program) {
  if (std::ifstream(DECONV_BENCH_DIRECTORY "/zoo.csv")) return DECONV_BENCH_DIRECTORY;
  const std::string path = program;
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// Our defaults come first in the arguments, so that what the user gives, flag or environment, wins.
std::vector<char*> with_defaults(int argc, char** argv) {
  static char min_time[] = "--benchmark_min_time=0.05", repetitions[] = "--benchmark_repetitions=5";
  std::vector<char*> all{argv[0]};
  if (std::getenv("BENCHMARK_MIN_TIME") == nullptr) all.push_back(min_time);
  if (std::getenv("BENCHMARK_REPETITIONS") == nullptr) all.push_back(repetitions);
  all.insert(all.end(), argv + 1, argv + argc);
  all.push_back(nullptr);
  return all;
}

void print_help() {
  print_own_help();
  benchmark::PrintDefaultHelp();
}

int run(int argc, char** argv) {
  std::vector<char*> arguments = with_defaults(argc, argv);
  int count = static_cast<int>(arguments.size()) - 1;
  const Options options = parse_options(count, arguments.data(), data_directory(argv[0]));
  benchmark::Initialize(&count, arguments.data(), print_help);
  if (count > 1) throw std::runtime_error(std::string("unknown argument ") + arguments[1] + " (see --help)");

  const std::vector<RowSpec> rows = make_rows(options);
  const std::vector<RowSpec> to_run = filtered(rows);
  std::map<int, Roof> roofs;
  if (!options.list_only && !to_run.empty()) {
    tell_versions();
    roofs = measure_roofs(options);
  }
  CurrentRow current;
  Timings timings;
  for (const RowSpec& row : rows) {
    const Roof& roof = roofs[row.threads];
    benchmark::RegisterBenchmark(row.name().c_str(),
                                 [&](benchmark::State& state) { time_row(state, row, roof, options.skip_slow, current, timings); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond)
        ->ComputeStatistics("min", [](const std::vector<double>& values) { return *std::min_element(values.begin(), values.end()); });
  }
  TableReporter table(to_run, timings);
  benchmark::RunSpecifiedBenchmarks(options.google_format ? nullptr : &table);
  benchmark::Shutdown();
  return current.any_wrong() ? 1 : 0;
}

}  // namespace
}  // namespace deconv::bench

int main(int argc, char** argv) {
  try {
    return deconv::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "deconv_bench: %s\n", error.what());
    return 2;
  }
}
