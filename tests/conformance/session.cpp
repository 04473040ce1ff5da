// SPDX-License-Identifier: Apache-2.0
#include "conformance/session.h"

#include <doctest/doctest.h>

namespace deconv_test {
namespace {

// A broken kernel fails thousands of cases: these are enough to find it.
constexpr int64_t kFailuresShown = 25;

}  // namespace

Session& session() {
  static Session instance;
  return instance;
}

bool Session::tally(const Problem& problem, Fill fill, const CheckResult& result) {
  if (result.verdict == Verdict::kUnsupported)
    report_unsupported(repro(problem, target, fill), result.message);
  else
    report(result.verdict == Verdict::kPassed, result.message);
  return failed < kFailuresShown;
}

bool Session::run_layouts(Problem problem, Fill fill) {
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_FIRST;
  if (!run(problem, fill)) return false;
  problem.src_layout = problem.dst_layout = DECONV_CHANNELS_LAST;
  return run(problem, fill);
}

void Session::report(bool ok, const std::string& message) {
  ++(ok ? passed : failed);
  if (!ok && failed <= kFailuresShown) FAIL_CHECK(message);
}

void Session::report_unsupported(const std::string& words, const std::string& reason) {
  ++unsupported;
  if (reason.empty()) return report(false, "declined without a reason\n  repeat: " + words);
  if (!may_decline()) report(false, "declined: " + reason + "\n  repeat: " + words);
}

}  // namespace deconv_test
