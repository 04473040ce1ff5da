// SPDX-License-Identifier: Apache-2.0
// A caller that is inside an OpenMP region already: the run stays on its thread. Built where the library uses OpenMP.
#include <omp.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "api/fixture.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

int64_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

}  // namespace

TEST_CASE("OpenMP: inside a parallel region a run makes no threads") {
  Problem p = parse_problem("d2 n2 g1 ic20 oc40 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias relu");
  const Tensors tensors = fill_tensors(p, Fill::kReal);
  omp_set_max_active_levels(2);  // OpenMP itself would allow it
  for (const char* backend : {"naive", "highway"}) {
    CAPTURE(std::string(backend));
    p.threads = 1;
    const std::vector<float> expected = Layer(p, {backend, "", ""}, tensors).run(tensors).dst;
    p.threads = 4;
    const Layer layer(p, {backend, "", ""}, tensors);
    REQUIRE(layer.status() == DECONV_OK);
    std::atomic<int> wrong{0};
    int64_t before = 0, after = 0;
#pragma omp parallel num_threads(2)
    {
#pragma omp single
      before = threads_of_this_process();
      const RunResult result = layer.run(tensors);
      if (std::memcmp(result.dst.data(), expected.data(), expected.size() * sizeof(float)) != 0) ++wrong;
#pragma omp barrier
#pragma omp single
      after = threads_of_this_process();
    }
    CHECK(wrong == 0);
    CHECK(after == before);
  }
}
