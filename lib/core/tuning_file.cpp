// SPDX-License-Identifier: Apache-2.0
#include "core/tuning_file.h"

#include "core/error.h"
#include "core/locked_file.h"
#include "core/tuning_text.h"

namespace deconv {
namespace {

// Runs f, which fails without naming the file.
template <class F>
auto naming(const std::string& path, const F& f) {
  try {
    return f();
  } catch (const Error& error) {
    throw Error(error.status(), "file = \"%.200s\": %s", path.c_str(), error.what());
  }
}

std::string read_replaceable(const LockedFile& file) {
  std::string text = file.read(kMostTuningBytes);
  if (!is_tuning_text(text)) throw Error(DECONV_INVALID_ARGUMENT, "it is no tuning file, and is not overwritten");
  return text;
}

// What of the file's contents is still true.
TuningRecords still_true(const std::string& text) {
  try {
    return parse_tuning(text, tuning_owner());
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

TuningRecords read_tuning_file(const std::string& path) { return parse_tuning(read_regular_file(path, kMostTuningBytes), tuning_owner()); }

void check_tuning_file(const std::string& path) {
  naming(path, [&] {
    const LockedFile file(path);
    read_replaceable(file);
    file.require_replaceable();
  });
}

void add_to_tuning_file(const std::string& path, const TuningRecords& records) {
  naming(path, [&] {
    LockedFile file(path);
    TuningRecords all = still_true(read_replaceable(file));
    merge(records, &all);
    file.replace(format_tuning(all, tuning_owner()));
  });
}

}  // namespace deconv
