// SPDX-License-Identifier: Apache-2.0
#include "conformance/session.h"

#include <doctest/doctest.h>

namespace deconv_test {
namespace {

// A broken kernel fails thousands of cases: these, of each family, are enough to find it.
constexpr int64_t kFailuresPerFamily = 5;

}  // namespace

Session& session() {
  static Session instance;
  return instance;
}

// Failures are counted from the start of each TEST_CASE.
void Session::enter_family() {
  static const doctest::TestCaseData* family = nullptr;
  if (family == doctest::getContextOptions()->currentTest) return;
  family = doctest::getContextOptions()->currentTest;
  for (Candidate& candidate : candidates) candidate.family_failures = 0;
}

bool Session::given_up() const { return candidates[turn_].family_failures >= kFailuresPerFamily; }

bool Session::run(const Problem& problem, Fill fill, const std::vector<Placement>& placements) {
  Expectation expectation(problem, fill);
  return for_each_target([&] {
    for (const Placement& placement : placements) {
      RunOptions options;
      options.placement = placement;
      const CheckResult result = expectation.check(target(), options);
      if (result.verdict == Verdict::kUnsupported) return report_unsupported(repro(problem, target(), fill), result.message);
      report(result.verdict == Verdict::kPassed, result.message);
    }
  });
}

bool Session::run_layouts(Problem problem, Fill fill) {
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_FIRST;
  if (!run(problem, fill)) return false;
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_LAST;
  return run(problem, fill);
}

bool Session::run_layouts(Problem problem, const std::vector<Placement>& placements) {
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_FIRST;
  if (!run(problem, Fill::kExact, placements)) return false;
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_LAST;
  return run(problem, Fill::kExact, placements);
}

void Session::report(bool ok, const std::string& message) {
  Candidate& candidate = candidates[turn_];
  ++(ok ? candidate.passed : candidate.failed);
  if (!ok && ++candidate.family_failures <= kFailuresPerFamily) FAIL_CHECK(message);
}

void Session::report_unsupported(const std::string& words, const std::string& reason) {
  ++candidates[turn_].unsupported;
  if (reason.empty()) return report(false, "declined without a reason\n  repeat: " + words);
  if (!may_decline()) report(false, "declined: " + reason + "\n  repeat: " + words);
}

}  // namespace deconv_test
