// SPDX-License-Identifier: Apache-2.0
// Seeded random problems until the time is up. The seed is printed; every failure prints its own problem string.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "conformance/random_problem.h"
#include "conformance/session.h"

namespace deconv_test {
namespace {

TEST_CASE("random: problems from a seed") {
  const auto start = std::chrono::steady_clock::now();
  const std::chrono::duration<double> budget(session().seconds > 0 ? session().seconds : session().full ? 240.0 : 15.0);
  int64_t count = 0;
  for (RandomProblems random(session().seed); std::chrono::steady_clock::now() - start < budget; ++count) {
    const Problem p = random.next();
    const Fill fill = count % 4 == 3 ? Fill::kReal : Fill::kExact;
    if (!session().run(p, fill)) break;
  }
  std::printf("random: %lld problems from seed %llu\n", static_cast<long long>(count), static_cast<unsigned long long>(session().seed));
}

}  // namespace
}  // namespace deconv_test
