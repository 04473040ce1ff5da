// SPDX-License-Identifier: Apache-2.0
// The roofs of this machine, measured: multiply-add peak, and bandwidth for working sets from L1 to memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace deconv::bench {

// Best bytes per second that a plain loop moved over a working set of `bytes`, shared by the threads.
struct Bandwidth {
  int64_t bytes;
  double read, copy, fill;

  double best() const;
};

// What `threads` threads reach together.
struct Roof {
  int threads;
  double flops;                   // per second
  double single_flops;            // of one thread alone
  std::vector<Bandwidth> ladder;  // by growing working set

  // Interpolated in the logarithm of the working set: a layer that fits a cache is held against that cache.
  double bandwidth(int64_t bytes) const;

  // Less than three quarters of what the threads reach one by one: they share cores, or others use the machine.
  bool crowded() const { return flops < 0.75 * threads * single_flops; }

  // max(flops / peak, bytes / bandwidth) in seconds.
  double bound(int64_t flops_needed, int64_t bytes_needed) const;
};

// About half a second per thread count.
Roof measure_roof(int threads);

// "118.2 GFLOP/s; GB/s at 64K 115 512K 113 2M 99 ..."
std::string to_text(const Roof& roof);

// From /proc/cpuinfo; "unknown" elsewhere.
std::string cpu_model();

}  // namespace deconv::bench
