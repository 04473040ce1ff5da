// SPDX-License-Identifier: Apache-2.0
// What a measurement found for one problem.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace deconv {

struct TuningRecord {
  std::string chosen;  // "highway/pixel_gemm"; a backend's name alone where it has no choice of algorithms
  int64_t nanoseconds = 0;
  std::string untuned;  // the library's own choice, which may be the same
  int64_t untuned_nanoseconds = 0;
  std::string measured;  // "2026-11-26T15:00:00Z": as text, later is greater

  // "tuned: 37.1 us, against 41.0 us of highway/phase_gemm, measured 2026-11-26T15:00:00Z"
  std::string words() const;
};

// By problem (tuning_key.h).
using TuningRecords = std::map<std::string, TuningRecord>;

// Adds `more`; of two records of a problem the later measurement stays.
void merge(TuningRecords more, TuningRecords* records) noexcept;

}  // namespace deconv
