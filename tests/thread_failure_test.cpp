// SPDX-License-Identifier: Apache-2.0
// Threads that cannot be made. OpenMP's runtimes end the process then; the library must not let it come to that. pthread_create is replaced
// by one that refuses more than a number of living threads, as a limit of the system does.
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>

#include "support/fill.h"
#include "support/layer.h"

using namespace deconv_test;

namespace {

std::atomic<int> g_limit{1 << 20}, g_living{0}, g_asked{0};

struct Start {
  void* (*routine)(void*);
  void* argument;
};

void* start_counted(void* raw) {
  const std::unique_ptr<Start> start(static_cast<Start*>(raw));
  void* const result = start->routine(start->argument);
  --g_living;
  return result;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*), void* argument) {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  ++g_asked;
  if (++g_living > g_limit) {
    --g_living;
    return EAGAIN;
  }
  auto start = std::make_unique<Start>(Start{routine, argument});
  const int error = real(thread, attributes, start_counted, start.get());
  if (error == 0) {
    start.release();
  } else {
    --g_living;
  }
  return error;
}

TEST_CASE("thread failure: create, plan and run go on alone where no thread can be made") {
  Problem p = parse_problem("d2 n2 g1 ic64 oc80 ih9x10 k4x4 s2x2 pb1x1 pe1x1 bias relu");  // 82 Ki weights: packed by threads too
  p.threads = 4;
  const Tensors tensors = fill_tensors(p, Fill::kExact);
  for (int32_t index = 0; index < deconv_backend_count(); ++index) {
    const Target target{deconv_backend_name(index), "", ""};
    CAPTURE(target.backend);
    const Layer layer(p, target, tensors);
    REQUIRE(layer.status() == DECONV_OK);
    const std::vector<float> expected = layer.run(tensors).dst;
    for (int others = 0; others <= 4; ++others) {
      CAPTURE(others);
      bool right = false;
      int asked = 0;
      std::thread([&] {  // without OpenMP workers yet
        g_asked = 0;
        g_limit = g_living + others;
        right = same_bits(layer.run(tensors).dst, expected);
        const Layer again(p, target, tensors);
        right = right && again.status() == DECONV_OK && same_bits(again.run(tensors).dst, expected);
        g_limit = 1 << 20;
        asked = g_asked;
        right = right && same_bits(layer.run(tensors).dst, expected);  // and with threads again
      })
          .join();
      CHECK(right);
      CHECK(asked > 0);  // the library's own calls meet the replacement
    }
  }
}
