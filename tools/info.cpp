// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "command.h"
#include "deconv/deconv.h"
#include "deconv/tuning.h"
#include "machine.h"
#include "machine_kernels.h"
#include "progress.h"
#include "system.h"
#include "text.h"

namespace deconv::tool {
namespace {

void line(const std::string& name, const std::string& text) { std::fputs(wrap(cut(name, 14), text).c_str(), stdout); }

void print_machine() {
  const std::vector<int> cpus = affinity();
  line("deconv", deconv_version() + std::string(", compiled by ") + compiler());
  line("cpu", bench::cpu_model());
  line("cores", std::to_string(cpu_count()) + (cpus.empty() ? "" : "; this process may use " + affinity_text(cpus)));
  std::string sizes;
  for (const Cache& cache : caches()) sizes += (sizes.empty() ? "" : ", ") + cache.name + " " + bytes_text(cache.bytes);
  line("caches", sizes.empty() ? "unknown" : sizes);
  std::string isas;
  for (int32_t i = 0; i < deconv_isa_count(); ++i) isas += (i == 0 ? "" : ", ") + std::string(deconv_isa_name(i));
  line("isa targets", isas);
}

void print_backends() {
  std::string name = "backends";
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    const char* backend = deconv_backend_name(i);
    std::string text = std::string(backend) + " " + deconv_backend_version(i);
    for (int32_t a = 0; a < deconv_algorithm_count(backend); ++a)
      text += (a == 0 ? ": " : ", ") + std::string(deconv_algorithm_name(backend, a));
    line(name, text);
    name.clear();
  }
}

std::string tuning_text(const std::string& path) {
  if (deconv_tuning_load(path.c_str()) == DECONV_OK) return path;
  return path + ", not in use: " + deconv_last_error();
}

void print_environment() {
  const auto set = environment();
  const auto tuning = set.find("DECONV_TUNING_FILE");
  line("tuning file", tuning == set.end() ? "none (DECONV_TUNING_FILE is not set)" : tuning_text(tuning->second));
  std::string name = "environment";
  for (const auto& [variable, value] : set) {
    if (variable == "DECONV_TUNING_FILE") continue;
    line(name, variable + "=" + value);
    name.clear();
  }
}

void print_peaks(int threads) {
  const bench::Roof roof = bench::measure_roof(threads);
  std::printf("\npeak of %d thread%s: %.1f GFLOP/s (%s)%s\n", threads, threads == 1 ? "" : "s", roof.flops * 1e-9, bench::machine_target(),
              roof.crowded() ? ", the cores are not free" : "");
  std::printf("%-14s", "working set");
  for (const bench::Bandwidth& rung : roof.ladder) std::printf("%9s", bytes_text(rung.bytes).c_str());
  const auto print = [&](const char* name, double bench::Bandwidth::* rate) {
    std::printf("\n%-14s", name);
    for (const bench::Bandwidth& rung : roof.ladder) std::printf("%9.1f", rung.*rate * 1e-9);
  };
  print("read GB/s", &bench::Bandwidth::read);
  print("copy GB/s", &bench::Bandwidth::copy);
  print("fill GB/s", &bench::Bandwidth::fill);
  std::printf("\n");
}

void run_info() {
  print_machine();
  print_backends();
  print_environment();
  std::fflush(stdout);
  const int all = std::max<int>(1, static_cast<int>(affinity().size()));
  print_peaks(1);
  std::fflush(stdout);
  if (all > 1) print_peaks(all);
}

}  // namespace

void add_info(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("info", "CPU, instruction sets, caches, measured peaks, backends");
  command->footer(
      "Peaks are measured, the best of several passes: about half a second for one thread and as much for all.\nExample:\n  deconv info");
  command->callback([&status] {
    run_info();
    status = kExitOk;
  });
}

}  // namespace deconv::tool
