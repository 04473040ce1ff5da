// SPDX-License-Identifier: Apache-2.0
// engine [threads]: runs the generator on batches of changing size, compares with one thread bit by bit, prints what it took.
// Status 1: a result differs or the library made a thread of its own.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "engine.h"
#include "generator.h"

namespace {

// Of this process; 0 where there is no /proc to count in.
long thread_count() {
  std::error_code none;
  return std::distance(std::filesystem::directory_iterator("/proc/self/task", none), std::filesystem::directory_iterator());
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

int run(int threads) {
  const Generator generator;
  ThreadPool pool(threads), alone(1);
  const long before = thread_count();
  Engine engine(generator.layers(), {1, 1}, pool);
  Engine reference(generator.layers(), {1, 1}, alone);
  std::printf("deconv %s, %d threads, 5 layers\n", deconv::version().c_str(), threads);

  bool right = true;
  for (const int64_t batch : {1, 4, 16, 4, 1}) {
    std::vector<float> noise(static_cast<size_t>(batch * Generator::kInputs));
    for (size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<float>(i % 23) / 11.0f - 1.0f;
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<float>& images = engine.run(noise.data(), batch);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    const bool equal = same(images, reference.run(noise.data(), batch));
    std::printf("batch %2d: %zu floats in %6.2f ms, %s one thread's\n", static_cast<int>(batch), images.size(), took.count(),
                equal ? "bit by bit" : "NOT");
    right = right && equal;
  }
  const long made = thread_count() - before;
  std::printf("arena %zu KiB; threads made by the library: %ld\n", engine.arena_bytes() / 1024, made);
  return right && made == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  if (threads < 1 || threads > 1024) {
    std::fprintf(stderr, "engine: threads must be 1 to 1024\n");
    return 2;
  }
  try {
    return run(threads);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine: %s\n", error.what());
    return 2;
  }
}
