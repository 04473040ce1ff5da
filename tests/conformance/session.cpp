// SPDX-License-Identifier: Apache-2.0
#include "conformance/session.h"

#include <doctest/doctest.h>

namespace deconv_test {
namespace {

// A broken kernel fails thousands of cases: these, of each family, are enough to find it.
constexpr int64_t kFailuresPerFamily = 5;

// Failures of the running TEST_CASE.
int64_t& family_failures() {
  static const doctest::TestCaseData* family = nullptr;
  static int64_t failures = 0;
  if (family != doctest::getContextOptions()->currentTest) {
    family = doctest::getContextOptions()->currentTest;
    failures = 0;
  }
  return failures;
}

}  // namespace

Session& session() {
  static Session instance;
  return instance;
}

bool Session::tally(const Problem& problem, Fill fill, const CheckResult& result) {
  if (result.verdict == Verdict::kUnsupported) {
    report_unsupported(repro(problem, target, fill), result.message);
  } else {
    report(result.verdict == Verdict::kPassed, result.message);
  }
  return family_failures() < kFailuresPerFamily;
}

bool Session::run_layouts(Problem problem, Fill fill) {
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_FIRST;
  if (!run(problem, fill)) return false;
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_LAST;
  return run(problem, fill);
}

void Session::report(bool ok, const std::string& message) {
  ++(ok ? passed : failed);
  if (!ok && ++family_failures() <= kFailuresPerFamily) FAIL_CHECK(message);
}

void Session::report_unsupported(const std::string& words, const std::string& reason) {
  ++unsupported;
  if (reason.empty()) return report(false, "declined without a reason\n  repeat: " + words);
  if (!may_decline()) report(false, "declined: " + reason + "\n  repeat: " + words);
}

}  // namespace deconv_test
