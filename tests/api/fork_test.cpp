// SPDX-License-Identifier: Apache-2.0
// A process that has used the library's threads and forks: the child computes the same, and does not wait for threads it lost.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "api/fixture.h"
#include "support/fill.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

constexpr unsigned kPatience = 60;  // seconds until a child that hangs is ended by SIGALRM

// Runs f in a child; true if it returned true there.
template <class F>
bool in_child(const F& f) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(kPatience);
    _exit(f() ? 0 : 1);  // without the parent's destructors and buffers
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("fork: runs, plans and operators work in a child of a process that has used them") {
  Problem p = parse_problem("d2 n2 g1 ic64 oc80 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias relu");  // 82 Ki weights: packed by threads too
  p.threads = 4;
  const Tensors tensors = fill_tensors(p, Fill::kReal);
  for (int32_t index = 0; index < deconv_backend_count(); ++index) {
    const Target target{deconv_backend_name(index), "", ""};
    CAPTURE(target.backend);
    const Layer layer(p, target, tensors);
    REQUIRE(layer.status() == DECONV_OK);
    const std::vector<float> expected = layer.run(tensors).dst;
    const auto same = [&] { return same_bits(layer.run(tensors).dst, expected); };
    CHECK(in_child(same));
    CHECK(in_child([&] {
      const Layer again(p, target, tensors);
      return again.status() == DECONV_OK && same_bits(again.run(tensors).dst, expected);
    }));
    CHECK(in_child([&] { return in_child(same); }));
    CHECK(in_child([&] {  // a thread of the child has lost nothing
      bool right = false;
      std::thread([&] { right = same(); }).join();
      return right;
    }));
    CHECK(same());  // the parent keeps its own
  }
}
