// SPDX-License-Identifier: Apache-2.0
// How many threads a plan has that asks for the default. One case a process: OpenMP's runtimes read the environment and the CPUs once.
#include <doctest/doctest.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "support/fill.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

int default_threads() {
  Problem p = parse_problem("d2 n1 g1 ic3 oc5 ih4x5 k3x3 s2x2");
  p.threads = 0;
  const Layer layer(p, {"naive", "", ""}, fill_tensors(p, Fill::kExact));
  REQUIRE(layer.status() == DECONV_OK);
  return layer.plan_info().threads;
}

int allowed_cpus() {
  cpu_set_t set;
  REQUIRE(sched_getaffinity(0, sizeof(set), &set) == 0);
  return CPU_COUNT(&set);
}

}  // namespace

TEST_CASE("affinity: one CPU allowed, one thread") {
  cpu_set_t set, one;
  REQUIRE(sched_getaffinity(0, sizeof(set), &set) == 0);
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &set)) CPU_SET(cpu, &one);
  REQUIRE(sched_setaffinity(0, sizeof(one), &one) == 0);
  CHECK(default_threads() == 1);
}

TEST_CASE("environment: OMP_NUM_THREADS bounds the threads, and the CPUs bound it") {
  const char* const words = std::getenv("OMP_NUM_THREADS");
  REQUIRE(words != nullptr);
  CHECK(default_threads() <= std::min(std::stoi(words), allowed_cpus()));
}
