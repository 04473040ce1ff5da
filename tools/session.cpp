// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <memory>
#include <new>
#include <stdexcept>
#include <thread>

#include "control.h"
#include "core/aligned_buffer.h"
#include "machine_kernels.h"
#include "system.h"

namespace deconv::tool {
namespace {

using bench::Row;
using bench::RowSpec;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double unix_seconds() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

template <class F>
double seconds_of(const F& f) {
  const auto start = Clock::now();
  f();
  return seconds_since(start);
}

// Fills every core's caches with something else.
class CacheCleaner {
 public:
  explicit CacheCleaner(int64_t bytes)
      : threads_(std::max<int>(1, static_cast<int>(affinity().size()))),
        share_(static_cast<size_t>(bytes) / sizeof(float) / threads_ / bench::kStreamBlock * bench::kStreamBlock),
        memory_(share_ * threads_) {}

  void clean() {
    std::vector<std::thread> others;
    for (int t = 1; t < threads_; ++t) others.emplace_back([this, t] { bench::stream_fill(memory_.data() + t * share_, share_); });
    bench::stream_fill(memory_.data(), share_);
    for (std::thread& other : others) other.join();
  }

 private:
  int threads_;
  size_t share_;
  AlignedBuffer<float> memory_;
};

RowResult describe(const RowSpec& spec) {
  RowResult result;
  result.layer = spec.layer;
  result.layout = spec.layout;
  result.threads = spec.threads;
  result.variant = spec.variant.name;
  result.backend = spec.variant.backend;
  return result;
}

void describe_what_runs(const Row& row, RowResult& result) {
  const deconv_plan_info& info = row.info();
  result.algorithm = row.algorithm();
  result.description = info.description;
  result.flops = info.flops;
  result.bytes = result.layer.compulsory_bytes();
  result.workspace_bytes = static_cast<int64_t>(info.workspace_bytes);
  result.packed_bytes = row.operator_info().packed_bytes;
  result.create_ms = 1e3 * row.create_seconds();
  result.plan_us = 1e6 * row.plan_seconds();
  result.first_run_ms = 1e3 * row.first_seconds();
  result.verification = row.verification();
}

// Of a sample's time that its thread must have had the processor for; interrupts of the system itself take less.
constexpr double kWhole = 0.98;
// Samples are taken again for so many times a visit's share where others interrupt them.
constexpr double kPatience = 2;

// Time that the calling thread had a processor; where the system does not tell, that it was not taken away.
double thread_cpu_seconds() {
#if defined(CLOCK_THREAD_CPUTIME_ID)
  timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0)
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
#endif
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

// By turns a round's figure is a median over pairs: of rows that run for longer than their share three cost 1.8 times as much as one,
// set-up included, and tell three times as much.
constexpr size_t kLeastByTurns = 3;

// Set-up may take more than was thought: the last rounds may cost this much beyond the budget before they are given up.
constexpr double kOverrun = 1.25;

class Session {
 public:
  Session(const std::vector<RowSpec>& specs, const SessionOptions& options, const std::function<void(const Progress&)>& tell)
      : specs_(specs), options_(options), tell_(tell), started_(Clock::now()) {
    for (const RowSpec& spec : specs) measured_.rows.push_back(describe(spec));
    if (options.cold) cleaner_ = std::make_unique<CacheCleaner>(cold_bytes());
  }

  Measured run() {
    std::vector<std::vector<double>> passes;
    for (int round = 0; round < options_.rounds && (round == 0 || elapsed() < kOverrun * options_.budget_s); ++round) {
      passes.emplace_back();
      for (size_t i = 0; i < specs_.size(); ++i) {
        // Every other round backwards: no row always follows the same one.
        const size_t row = round % 2 == 0 ? i : specs_.size() - 1 - i;
        tell_visit(round, i, row);
        visit(row, round, passes.back());
        ++visits_;
      }
      measured_.rounds = round + 1;
    }
    measured_.elapsed_s = elapsed();
    measured_.noise = Control::judge(passes, measured_.rows);
    return std::move(measured_);
  }

 private:
  double waited() const { return options_.turns == nullptr ? 0 : options_.turns->waited_s() - waited_before_; }

  // Of the budget: waiting for others is free.
  double elapsed() const { return seconds_since(started_) - waited(); }

  size_t visits_in_all() const { return specs_.size() * static_cast<size_t>(options_.rounds); }

  void tell_visit(int round, size_t place, size_t row) const {
    const double own = elapsed();
    const double left =
        visits_ == 0 ? options_.budget_s : own / static_cast<double>(visits_) * static_cast<double>(visits_in_all() - visits_);
    const double with_others = own > 0 ? 1 + waited() / own : 1;
    tell_({round + 1, options_.rounds, place + 1, specs_.size(), &specs_[row], own + waited(),
           with_others * std::min(left, std::max(options_.budget_s - own, 1.0))});
  }

  // The visit's part of what is left of the budget, set-up included.
  double share() const { return (options_.budget_s - elapsed()) / static_cast<double>(visits_in_all() - visits_); }

  void visit(size_t index, int round, std::vector<double>& passes) {
    RowResult& result = measured_.rows[index];
    Turn turn(options_.turns);
    turn.meet(static_cast<int64_t>(visits_));
    if (!result.error.empty()) return;  // what failed once is not tried again
    try {
      const double share_s = share();
      const auto start = Clock::now();
      Row row(specs_[index], round == 0);
      if (round == 0) describe_what_runs(row, result);
      const std::vector<double> before = control_.passes();
      Round samples = time(row, specs_[index].threads, share_s - seconds_since(start), turn);
      const std::vector<double> after = control_.passes();
      samples.control_ms = std::min(*std::min_element(before.begin(), before.end()), *std::min_element(after.begin(), after.end()));
      passes.insert(passes.end(), before.begin(), before.end());
      passes.insert(passes.end(), after.begin(), after.end());
      result.rounds.push_back(std::move(samples));
    } catch (const std::bad_alloc&) {
      fail(result, "out of memory");
    } catch (const std::runtime_error& error) {
      fail(result, error.what());
    }
  }

  static void fail(RowResult& result, const std::string& why) {
    result.error = why;
    result.rounds.clear();
  }

  struct Samples {
    std::vector<double> ms, began_s;
  };

  // One sample, cold or warm, among those that nobody interrupted or those that somebody did.
  void sample(Row& row, int threads, int64_t runs, Samples& whole, Samples& interrupted) {
    if (cleaner_ != nullptr) cleaner_->clean();
    const double began = unix_seconds(), cpu = thread_cpu_seconds();
    const double wall = seconds_of([&] {
      for (int64_t r = 0; r < runs; ++r) row.run();
    });
    // A thread that waits for others at a run's end sleeps rightly: only what one thread does alone shows who took the processor away.
    Samples& samples = threads > 1 || thread_cpu_seconds() - cpu > kWhole * wall ? whole : interrupted;
    samples.ms.push_back(1e3 * wall / static_cast<double>(runs));
    if (options_.turns != nullptr) samples.began_s.push_back(began);
  }

  Round time(Row& row, int threads, double seconds, Turn& turn) {
    constexpr double kShortest = 2e-4, kSamples = 40;  // a clock's reading is 1e-4 of the former; more samples tell no more
    Round round;
    round.runs = 1;
    double estimate = row.first_seconds();
    if (cleaner_ == nullptr) {
      // The first run met cold caches: a short row runs again before it is believed.
      for (int warm = 0; warm < 3 && estimate < 0.05; ++warm) estimate = std::min(estimate, seconds_of([&] { row.run(); }));
      estimate = std::max(estimate, 1e-7);
      round.runs = std::max(
          {int64_t{1}, static_cast<int64_t>(std::ceil(kShortest / estimate)), static_cast<int64_t>(seconds / kSamples / estimate)});
    }
    const size_t least = options_.turns == nullptr ? 1 : kLeastByTurns;
    const double wanted = std::clamp(seconds / (static_cast<double>(round.runs) * estimate), static_cast<double>(least), kSamples);
    Samples whole, interrupted;
    turn.pass();  // others set the row up, too
    const double start = elapsed();
    for (;;) {
      sample(row, threads, round.runs, whole, interrupted);
      if (static_cast<double>(whole.ms.size()) >= wanted) break;
      if (whole.ms.size() + interrupted.ms.size() >= least && elapsed() - start >= kPatience * seconds) break;
      turn.pass();
    }
    round.interrupted = whole.ms.empty();
    Samples& kept = round.interrupted ? interrupted : whole;
    round.samples_ms = std::move(kept.ms);
    round.began_s = std::move(kept.began_s);
    return round;
  }

  const std::vector<RowSpec>& specs_;
  const SessionOptions& options_;
  const std::function<void(const Progress&)>& tell_;
  const Clock::time_point started_;
  const double waited_before_ = options_.turns == nullptr ? 0 : options_.turns->waited_s();
  std::unique_ptr<CacheCleaner> cleaner_;
  Control control_;
  Measured measured_;
  size_t visits_ = 0;
};

}  // namespace

int64_t cold_bytes() {
  constexpr int64_t kMiB = 1 << 20;
  const std::vector<Cache> all = caches();
  return std::clamp(all.empty() ? 0 : 2 * all.back().bytes, 64 * kMiB, 512 * kMiB);
}

Measured measure(const std::vector<RowSpec>& specs, const SessionOptions& options, const std::function<void(const Progress&)>& tell) {
  return Session(specs, options, tell).run();
}

}  // namespace deconv::tool
