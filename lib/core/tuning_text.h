// SPDX-License-Identifier: Apache-2.0
// Tuning files as text: one line that says whose they are, then one line a problem. Pure functions over untrusted text.
//
//   deconv-tuning 1 0.1.0 Intel(R) Xeon(R) Gold 6430
//   # problem = chosen, time, untuned choice, time, when
//   d2 n1 g1 ic512 oc256 ... t2 isa:AVX3 = highway/pixel_gemm 37100ns highway/phase_gemm 41000ns 2026-11-26T15:00:00Z
#pragma once

#include <string>
#include <string_view>

#include "core/tuning_record.h"

namespace deconv {

constexpr size_t kMostTuningRecords = 10000;
constexpr size_t kMostTuningBytes = size_t{10} << 20;  // more than so many records can take

// For whom measurements hold.
struct TuningOwner {
  std::string library, cpu;
};

// This library on this CPU.
const TuningOwner& tuning_owner();

// Whether text begins as a tuning file of any format, or is empty: what may be replaced.
bool is_tuning_text(std::string_view text);

// Throws Error(DECONV_UNSUPPORTED) with the reason ("it has format ...") where text is no tuning file, of another format or owner, longer
// than kMostTuningBytes, or has a line that format_tuning did not write. An empty text has no records.
TuningRecords parse_tuning(std::string_view text, const TuningOwner& owner);

// The latest kMostTuningRecords, by problem.
std::string format_tuning(const TuningRecords& records, const TuningOwner& owner);

}  // namespace deconv
