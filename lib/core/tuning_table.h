// SPDX-License-Identifier: Apache-2.0
// The process's measurements. Thread-safe; looked at when operators are created, never in a run.
#pragma once

#include <optional>
#include <string>

#include "core/parameters.h"
#include "core/tuning_record.h"

namespace deconv {

// What was measured for these parameters and the shape they expect; nothing where an algorithm is named. The first call reads
// DECONV_TUNING_FILE.
std::optional<TuningRecord> find_tuned(const Parameters& params);

// One line for each file that was ignored, with the reason; "" where none was. Reads DECONV_TUNING_FILE like find_tuned.
std::string tuning_warnings();

// The later measurement of a problem stays. `file` is where they were written, "" for nowhere: whatever was wrong with it is no longer.
void remember_tuned(TuningRecords records, const std::string& file);

// Throws Error(DECONV_UNSUPPORTED) and keeps a warning where the file cannot be used.
void load_tuned(const std::string& path);

// Everything, and that DECONV_TUNING_FILE was read.
void forget_tuned() noexcept;

// DECONV_TUNING_FILE, "" where it is not set.
std::string tuning_file_of_environment();

}  // namespace deconv
