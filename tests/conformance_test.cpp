// SPDX-License-Identifier: Apache-2.0
// The suite that every backend and instruction set must pass. The families of cases are in conformance/.
//   conformance_test --backend=highway --isa=AVX2 [--algorithm=NAME] [--require] [--seed=N] [--seconds=N] [--full] [doctest's options]
//     DECONV_TEST_FULL=1 in the environment is --full
//   conformance_test [--backend=..] [--fill=exact] --case="d2 n1 g1 ic3 oc4 ih5x5 k3x3 s2x2"    one problem, values and verdict
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "conformance/session.h"
#include "support/reference.h"

using namespace deconv_test;

namespace {

constexpr int kSkipped = 77;  // ctest's SKIP_RETURN_CODE

struct Options {
  Target target;
  bool require = false;
  std::string problem;
  Fill fill = Fill::kExact;
  std::vector<char*> doctest;
};

Options parse_options(int argc, char** argv) {
  Options options;
  options.doctest.push_back(argv[0]);
  Session& s = session();
  const char* const full = std::getenv("DECONV_TEST_FULL");  // --full for every entry of a ctest run
  s.full = full != nullptr && std::string(full) == "1";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    const std::string key = argument.substr(0, equals);
    std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (key == "--case" && equals == std::string::npos && i + 1 < argc) value = argv[++i];
    if (key == "--backend")
      options.target.backend = value;
    else if (key == "--isa")
      options.target.isa = value;
    else if (key == "--algorithm")
      options.target.algorithm = value;
    else if (key == "--require")
      options.require = true;
    else if (key == "--seed")
      s.seed = std::strtoull(value.c_str(), nullptr, 10);
    else if (key == "--seconds")
      s.seconds = std::strtod(value.c_str(), nullptr);
    else if (key == "--full")
      s.full = true;
    else if (key == "--fill")
      options.fill = parse_fill(value);
    else if (key == "--case")
      options.problem = value;
    else
      options.doctest.push_back(argv[i]);
  }
  return options;
}

// Why the target cannot run here; empty: it can.
std::string missing(const Target& target) {
  const auto listed = [](const std::string& name, int32_t count, auto name_at) {
    for (int32_t i = 0; i < count; ++i)
      if (name == name_at(i)) return true;
    return false;
  };
  if (!target.backend.empty() && !listed(target.backend, deconv_backend_count(), deconv_backend_name))
    return "backend '" + target.backend + "' is not compiled into this library";
  if (!target.isa.empty() && !listed(target.isa, deconv_isa_count(), deconv_isa_name))
    return "instruction set '" + target.isa + "' is not in this library or not on this CPU";
  const char* backend = target.backend.c_str();
  if (!target.algorithm.empty() &&
      !listed(target.algorithm, deconv_algorithm_count(backend), [backend](int32_t i) { return deconv_algorithm_name(backend, i); }))
    return "backend '" + target.backend + "' has no algorithm '" + target.algorithm + "'";
  return "";
}

// A guard page was hit, or worse: say by which problem. Only async-signal-safe calls.
void on_fatal_signal(int number) {
  const auto say = [](const char* text) { (void)!write(STDERR_FILENO, text, std::strlen(text)); };
  say("\nfatal signal while checking\n  repeat: ");
  say(current_check());
  say("\n");
  signal(number, SIG_DFL);
  raise(number);
}

void print_values(const char* label, const std::vector<float>& values) {
  constexpr size_t kShown = 64;
  std::printf("%s (%zu values):", label, values.size());
  for (size_t i = 0; i < std::min(values.size(), kShown); ++i) std::printf(" %.9g", static_cast<double>(values[i]));
  std::printf("%s\n", values.size() > kShown ? " ..." : "");
}

int run_case(const Options& options) {
  const Problem problem = parse_problem(options.problem);
  const Target& target = options.target;
  const CheckResult result = check(problem, target, options.fill);
  if (result.verdict == Verdict::kUnsupported) {
    std::printf("unsupported: %s\n", result.message.c_str());
    return kSkipped;
  }
  if (legal(problem)) {
    const Tensors tensors = fill_tensors(problem, options.fill);
    const Layer layer(problem, target, tensors);
    const std::vector<double> expected = scatter_reference(problem, tensors, false).value;
    print_values("expected", std::vector<float>(expected.begin(), expected.end()));
    if (layer.status() == DECONV_OK) {
      std::printf("operator: %s\nplan: %s\n", layer.operator_info().description, layer.plan_info().description);
      print_values("got", layer.run(tensors).dst);
    }
  }
  std::printf("max error %.3g, %.3g of the bound\n", result.max_error, result.max_error_ratio);
  std::printf("%s %s\n", result.verdict == Verdict::kPassed ? "passed" : "FAILED:", result.message.c_str());
  return result.verdict == Verdict::kPassed ? 0 : 1;
}

// The backend's own choice, then each of its algorithms forced, unless one was named.
std::vector<Candidate> candidates(Target target) {
  std::vector<Candidate> result{Candidate(target)};
  const int32_t count = target.algorithm.empty() ? deconv_algorithm_count(target.backend.c_str()) : 0;
  for (int32_t i = 0; i < count; ++i) {
    target.algorithm = deconv_algorithm_name(target.backend.c_str(), i);
    result.emplace_back(target);
  }
  return result;
}

// Prints a candidate's tally; false if it is not in order.
bool in_order(const Candidate& candidate) {
  std::printf("%s: %lld checks passed, %lld failed, %lld declined\n", target_name(candidate.target).c_str(),
              static_cast<long long>(candidate.passed), static_cast<long long>(candidate.failed),
              static_cast<long long>(candidate.unsupported));
  if (candidate.passed == 0) std::printf("FAILED: nothing was checked\n");
  return candidate.passed > 0 && candidate.failed == 0;
}

int run_suite(const Options& options) {
  Session& s = session();
  s.candidates = candidates(options.target);
  std::printf("conformance of %s, seed %llu%s\n", target_name(options.target).c_str(), static_cast<unsigned long long>(s.seed),
              s.full ? ", full" : "");
  doctest::Context context(static_cast<int>(options.doctest.size()), options.doctest.data());
  int status = context.run();
  if (context.shouldExit()) return status;
  for (const Candidate& candidate : s.candidates)
    if (!in_order(candidate) && status == 0) status = 1;
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) signal(number, on_fatal_signal);
  try {
    const Options options = parse_options(argc, argv);
    const std::string reason = missing(options.target);
    if (!reason.empty()) {
      std::printf("%s: %s\n", options.require ? "FAILED" : "SKIPPED", reason.c_str());
      return options.require ? 1 : kSkipped;
    }
    return options.problem.empty() ? run_suite(options) : run_case(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
