// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <memory>

#include "command.h"
#include "comparison.h"
#include "result_json.h"
#include "text.h"

namespace deconv::tool {
namespace {

struct CompareOptions {
  std::string a, b;
  ComparisonOptions limits;
  double least_percent = 5;
  bool only_significant = false;
};

const char* mark(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSlower:
      return "slower";
    case Verdict::kFaster:
      return "faster";
    case Verdict::kUndecided:
      return "?";
    default:
      return "";
  }
}

std::string line(const RowComparison& row) {
  const std::string interval = std::isinf(row.low) || std::isinf(row.high) ? "-" : format("%.3f..%.3f", row.low, row.high);
  return format("%-7s%s %s %s%9s %6.3f %13s\n", mark(row.verdict), cut(row.layer, 22).c_str(), cut(row.place, 7).c_str(),
                cut(row.variant, 11).c_str(), milliseconds(row.a_ms).c_str(), row.ratio, interval.c_str());
}

void print_run(const char* name, const std::string& path, const Results& results) {
  const Context& context = results.context;
  std::fputs(wrap(std::string(name) + "  ", path + ": " + context.date + ", deconv " + context.version + ", " + context.cpu + ", " +
                                                (context.cold ? "cold" : "warm") + " caches; " + context.noise.text)
                 .c_str(),
             stdout);
}

double geometric_mean(const std::vector<RowComparison>& rows) {
  double logs = 0;
  for (const RowComparison& row : rows) logs += std::log(row.ratio);
  return std::exp(logs / static_cast<double>(rows.size()));
}

void print(const Comparison& comparison, const CompareOptions& options) {
  std::printf("\n%-7s%-22s %-7s %-11s%9s %6s %13s\n", "", "layer", "where", "variant", "A ms", "B/A", "95% interval");
  for (const RowComparison& row : comparison.rows) {
    if (!options.only_significant || row.verdict != Verdict::kSame) std::fputs(line(row).c_str(), stdout);
  }
  if (comparison.by_turns)
    std::fputs(wrap("", "The runs took turns: rounds are compared in pairs, which leaves out what slowed both.").c_str(), stdout);
  for (const std::string& why : comparison.only_in_one) std::fputs(wrap("not compared: ", why).c_str(), stdout);
  std::fputs(
      wrap("", format("%zu rows, geometric mean of B/A %.3f: %d slower, %d faster, %d undecided. Significant: by %.3g %% or more, and "
                      "at most %.3g %% of what is marked are false alarms.",
                      comparison.rows.size(), geometric_mean(comparison.rows), comparison.count(Verdict::kSlower),
                      comparison.count(Verdict::kFaster), comparison.count(Verdict::kUndecided), 100 * options.limits.least,
                      100 * options.limits.level))
          .c_str(),
      stdout);
  if (comparison.count(Verdict::kUndecided) > 0)
    std::fputs(wrap("",
                    "Undecided (?): too few rounds on the same machine for this many rows. Run both with --rounds 10 or more, with more "
                    "--budget, by --turns.")
                   .c_str(),
               stdout);
  if (comparison.too_noisy)
    std::fputs(wrap("", "A run was too noisy to believe: nothing is decided. Measure again on an idle machine, or both at once by --turns.")
                   .c_str(),
               stdout);
}

int run_compare(const CompareOptions& options) {
  const Results a = read_json(options.a), b = read_json(options.b);
  const Comparison comparison = compare(a, b, options.limits);
  if (comparison.rows.empty()) throw std::runtime_error(options.a + " and " + options.b + " have no row in common");
  print_run("A", options.a, a);
  print_run("B", options.b, b);
  if (a.context.cpu != b.context.cpu) std::fputs("The CPUs differ: the ratio is that of the machines too.\n", stdout);
  if (a.context.cold != b.context.cold) std::fputs("One run was with cold caches, the other with warm ones.\n", stdout);
  print(comparison, options);
  if (comparison.too_noisy) return kExitUndecided;
  if (comparison.count(Verdict::kSlower) > 0) return kExitWrong;
  return comparison.count(Verdict::kUndecided) > 0 ? kExitUndecided : kExitOk;
}

}  // namespace

void add_compare(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("compare", "Two runs of bench: the ratio of each row, significant changes marked");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("A", options->a, "JSON of the run before")->required();
  command->add_option("B", options->b, "JSON of the run after")->required();
  command->add_option("--least", options->least_percent, "Smallest change that counts, in per cent (default: 5)")
      ->check(finite())
      ->check(CLI::Range(0.0, 1000.0))
      ->type_name("PERCENT");
  command->add_option("--level", options->limits.level, "Part of what is marked that may be false alarms (default: 0.05)")
      ->check(finite())
      ->check(CLI::Range(1e-6, 0.5))
      ->type_name("P");
  command->add_flag("--only-significant", options->only_significant, "Leave out rows without a change");
  command->footer(
      "Exit status: 0 no row is slower, 1 a row is slower, 2 bad arguments or files,\n"
      "3 cannot be judged (a run was too noisy, or had too few rounds).\n"
      "Example:\n"
      "  deconv bench --zoo zoo --json before.json   # ... then the same for after.json\n"
      "  deconv compare before.json after.json\n"
      "Two builds on a machine that others use, both at once by turns:\n"
      "  before/deconv bench --zoo zoo --turns /tmp/turns --json before.json &\n"
      "  after/deconv bench --zoo zoo --turns /tmp/turns --json after.json; wait");
  command->callback([options, &status] {
    options->limits.least = options->least_percent / 100;
    status = run_compare(*options);
  });
}

}  // namespace deconv::tool
