// SPDX-License-Identifier: Apache-2.0
// Legal layers that this process may not have the memory for: out of memory, in words, and life goes on.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "huge/huge_memory.h"
#include "support/check.h"

using namespace deconv_test;

namespace {

size_t address_space_in_use() {
  size_t pages = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  REQUIRE(file != nullptr);
  REQUIRE(std::fscanf(file, "%zu", &pages) == 1);
  std::fclose(file);
  return pages * 4096;
}

// No more address space than `more` bytes beyond what is in use, for one scope.
class MemoryLimit {
 public:
  explicit MemoryLimit(size_t more) {
    REQUIRE(getrlimit(RLIMIT_AS, &before_) == 0);
    rlimit limit = before_;
    limit.rlim_cur = address_space_in_use() + more;
    REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_;
};

std::vector<Target> own_targets() {
  std::vector<Target> targets = {{"", "", ""}, {"naive", "", ""}, {"highway", "", ""}};
  for (int32_t i = 0; i < deconv_algorithm_count("highway"); ++i) targets.push_back({"highway", "", deconv_algorithm_name("highway", i)});
  return targets;
}

}  // namespace

// 4.3 GB of weights (address space only) under a limit of 256 MiB, for layers that each algorithm can serve.
TEST_CASE("huge: weights that cannot be packed end in out of memory") {
  const HugeMemory weights(size_t{9} << 29, HugeMemory::Kind::kZeros);
  int refused = 0;
  for (const char* text : {"d2 n1 g1 ic8192 oc8192 ih9x9 k4x4 s2x2 pb1x1 pe1x1", "d2 n1 g1 ic10000 oc10000 ih9x9 k3x3 pb1x1 pe1x1",
                           "d1 n1 g67108864 ic67108864 oc67108864 ih9 k16 s4", "d1 n1 g1 ic262144 oc1 ih9 k4096 s64"}) {
    for (const Target& target : own_targets()) {
      CAPTURE(std::string(text));
      CAPTURE(target_name(target));
      const Problem p = parse_problem(text);
      deconv_params params = make_params(p, target);
      params.weights = weights.floats();
      const deconv_status possible = deconv_check(&params);
      if (possible == DECONV_UNSUPPORTED && !target.algorithm.empty()) continue;
      REQUIRE(possible == DECONV_OK);
      deconv_operator* const untouched = untouched_operator();
      deconv_operator* op = untouched;
      const MemoryLimit limit(size_t{256} << 20);
      CHECK(deconv_operator_create(&params, &op) == DECONV_OUT_OF_MEMORY);
      CHECK(op == untouched);
      CHECK(std::string(deconv_last_error()) == "out of memory");
      ++refused;
    }
  }
  CHECK(refused >= 12);
  CHECK(check(parse_problem("d2 n1 g1 ic3 oc5 ih4x4 k4x4 s2x2 pb1x1 pe1x1 bias"), {}, Fill::kExact).verdict == Verdict::kPassed);
}

// The weights alone overflow what a size_t can count: refused before anything is allocated.
TEST_CASE("huge: weights beyond the address space are refused in words") {
  for (const char* text : {"d2 n1 g1 ic2147483648 oc2147483648 ih1x1 k4x4", "d3 n1 g1 ic1 oc1 ih1x1x1 k2097152x2097152x2097152",
                           "d1 n1 g1 ic1152921504606846976 oc2 ih1 k1"}) {
    CAPTURE(std::string(text));
    deconv_params params = make_params(parse_problem(text), {"", "", ""});
    params.weights = &params;
    deconv_operator* const untouched = untouched_operator();
    deconv_operator* op = untouched;
    CHECK(deconv_operator_create(&params, &op) == DECONV_INVALID_ARGUMENT);
    CHECK(op == untouched);
    CHECK(std::string(deconv_last_error()).find("weights") != std::string::npos);
  }
}
