// SPDX-License-Identifier: Apache-2.0
#include "machine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "core/aligned_buffer.h"
#include "machine_kernels.h"

namespace deconv::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Seconds of one pass of work(thread) on all threads: from the common start to the last end. Plain threads: the benchmark knows no OpenMP.
double timed_pass(int threads, const std::function<void(int)>& work) {
  std::atomic<int> waiting{threads};
  std::atomic<bool> given_up{false};
  std::vector<Clock::time_point> ends(threads);
  std::vector<Clock::time_point> starts(threads);
  const auto body = [&](int t) {
    waiting.fetch_sub(1);
    while (waiting.load() > 0 && !given_up.load()) std::this_thread::yield();
    if (given_up.load()) return;
    starts[t] = Clock::now();
    work(t);
    ends[t] = Clock::now();
  };
  std::vector<std::thread> others;
  others.reserve(threads);
  try {
    for (int t = 1; t < threads; ++t) others.emplace_back(body, t);
  } catch (const std::system_error&) {  // the system makes no more
    given_up = true;
  }
  if (!given_up) body(0);
  for (std::thread& other : others) other.join();
  if (given_up) throw std::runtime_error("threads = " + std::to_string(threads) + ": the system does not make so many");
  const auto span = *std::max_element(ends.begin(), ends.end()) - *std::min_element(starts.begin(), starts.end());
  return std::chrono::duration<double>(span).count();
}

// The best of the passes that fit the budget: a roof is what the machine can do, not what it did while others were using it.
double best_seconds(int threads, double budget, const std::function<void(int)>& work) {
  const auto start = Clock::now();
  double best = timed_pass(threads, work);
  for (int pass = 1; pass < 3 || seconds_since(start) < budget; ++pass) best = std::min(best, timed_pass(threads, work));
  return best;
}

double measure_flops(int threads) {
  constexpr int64_t kRounds = 400000;  // about 4 ms
  std::vector<float> sinks(threads * 16);
  std::vector<int64_t> flops(threads);
  const double seconds = best_seconds(threads, 0.06, [&](int t) { flops[t] = fma_rounds(kRounds, &sinks[t * 16]); });
  int64_t total = 0;
  for (int64_t f : flops) total += f;
  return static_cast<double>(total) / seconds;
}

Bandwidth measure_bandwidth(int threads, int64_t bytes, float* memory) {
  const size_t share = bytes / sizeof(float) / threads / kStreamBlock * kStreamBlock;
  const size_t half = share / 2 / kStreamBlock * kStreamBlock;
  // Small sets are walked often enough that starting the threads and reading the clock do not count.
  const int walks = std::max<int>(1, static_cast<int>((int64_t{32} << 20) / bytes));
  std::vector<float> sinks(threads * 16);
  const auto rate = [&](size_t floats, const std::function<void(int)>& walk) {
    const double seconds = best_seconds(threads, 0.012, [&](int t) {
      for (int w = 0; w < walks; ++w) walk(t);
    });
    return static_cast<double>(floats * sizeof(float)) * threads * walks / seconds;
  };
  Bandwidth result{bytes, 0, 0, 0};
  result.fill = rate(share, [&](int t) { stream_fill(memory + t * share, share); });
  result.read = rate(share, [&](int t) { sinks[t * 16] += stream_read(memory + t * share, share); });
  result.copy = rate(2 * half, [&](int t) { stream_copy(memory + t * share, memory + t * share + half, half); });
  return result;
}

}  // namespace

double Bandwidth::best() const { return std::max({read, copy, fill}); }

double Roof::bandwidth(int64_t bytes) const {
  if (bytes <= ladder.front().bytes) return ladder.front().best();
  for (size_t i = 1; i < ladder.size(); ++i) {
    const Bandwidth &low = ladder[i - 1], &high = ladder[i];
    if (bytes > high.bytes) continue;
    const double part = std::log2(static_cast<double>(bytes) / low.bytes) / std::log2(static_cast<double>(high.bytes) / low.bytes);
    return low.best() + part * (high.best() - low.best());
  }
  return ladder.back().best();
}

double Roof::bound(int64_t flops_needed, int64_t bytes_needed) const {
  return std::max(static_cast<double>(flops_needed) / flops, static_cast<double>(bytes_needed) / bandwidth(bytes_needed));
}

Roof measure_roof(int threads) {
  constexpr int64_t kKiB = 1024, kMiB = 1024 * kKiB;
  constexpr int64_t kSizes[] = {64 * kKiB, 512 * kKiB, 2 * kMiB, 8 * kMiB, 24 * kMiB, 64 * kMiB, 256 * kMiB};
  AlignedBuffer<float> memory(256 * kMiB / sizeof(float));
  stream_fill(memory.data(), memory.size());  // page faults are not bandwidth
  Roof roof{threads, measure_flops(threads), measure_flops(1), {}};
  for (int64_t bytes : kSizes) roof.ladder.push_back(measure_bandwidth(threads, bytes, memory.data()));
  return roof;
}

std::string to_text(const Roof& roof) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.1f GFLOP/s; GB/s at", roof.flops * 1e-9);
  std::string all = text;
  for (const Bandwidth& b : roof.ladder) {
    const bool mib = b.bytes >= 1 << 20;
    std::snprintf(text, sizeof(text), " %lld%s %.0f", static_cast<long long>(b.bytes >> (mib ? 20 : 10)), mib ? "M" : "K", b.best() * 1e-9);
    all += text;
  }
  return all;
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    const size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace deconv::bench
