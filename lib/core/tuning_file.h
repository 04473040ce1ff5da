// SPDX-License-Identifier: Apache-2.0
// Tuning files on disk: read whole, replaced whole.
#pragma once

#include <string>

#include "core/tuning_record.h"

namespace deconv {

// Throws Error(DECONV_UNSUPPORTED) with the reason, without the file's name, where there is no such file, it cannot be read, or
// parse_tuning refuses it.
TuningRecords read_tuning_file(const std::string& path);

// Whether add_to_tuning_file may write there, so that nothing is measured in vain; makes an empty file where there is none. Throws as it
// does.
void check_tuning_file(const std::string& path);

// Adds records to the file, or begins it anew where it is corrupt, of another CPU, version or format. One process at a time does so; a
// reader sees the old file or the new one. Throws Error(DECONV_INVALID_ARGUMENT) where the file is something else,
// Error(DECONV_BACKEND_FAILURE) where the system refuses; the file is then as it was.
void add_to_tuning_file(const std::string& path, const TuningRecords& records);

}  // namespace deconv
