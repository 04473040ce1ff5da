// SPDX-License-Identifier: Apache-2.0
// Cases from outside: the golden file and the zoo of real layers.
#include <doctest/doctest.h>

#include "conformance/session.h"
#include "support/fast_accuracy.h"
#include "support/golden.h"
#include "support/zoo.h"

namespace deconv_test {
namespace {

// Values computed by PyTorch, not by our reference.
void run_golden(const GoldenCase& c, deconv_layout layout) {
  Problem p = c.problem;
  p.src_layout = p.dst_layout = layout;
  const Tensors tensors = golden_tensors(p);
  const Layer layer(p, session().target(), tensors);
  const std::string words = "golden " + c.name + ": " + repro(p, session().target(), Fill::kExact);
  if (layer.status() == DECONV_UNSUPPORTED) return session().report_unsupported(words, layer.error());
  if (layer.status() != DECONV_OK) return session().report(false, words + "\n  " + layer.error());
  const RunResult result = layer.run(tensors);
  if (fast_algorithm(p, layer.plan_info().description).fast) {
    const CheckResult near = compare(p, tensors, Fill::kExact, result.dst, layer.plan_info().description);
    return session().report(result.status == DECONV_OK && near.verdict == Verdict::kPassed, words + ": " + near.message + result.error);
  }
  const std::vector<double> got(result.dst.begin(), result.dst.end());
  session().report(result.status == DECONV_OK && got == c.dst, words + " differs from PyTorch's values " + result.error);
}

TEST_CASE("golden: 300 cases of PyTorch, bit for bit (fast algorithms: within their bound)") {
  const auto cases = load_golden(DECONV_TEST_GOLDEN);
  REQUIRE(cases.size() == 300);
  for (const auto& c : cases)
    for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST})
      if (!session().for_each_target([&] { run_golden(c, layout); })) return;
}

TEST_CASE("zoo: every real layer, shrunk") {
  const auto rows = load_zoo(DECONV_TEST_ZOO);
  REQUIRE(rows.size() == 101);
  for (const auto& row : rows) {
    const Problem p = shrink(row.problem);
    for (const Fill fill : {Fill::kExact, Fill::kReal})
      if (!session().run_layouts(p, fill)) return;
  }
}

}  // namespace
}  // namespace deconv_test
