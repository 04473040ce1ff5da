// SPDX-License-Identifier: Apache-2.0
// The C functions of deconv/tuning.h: measures, remembers, writes. No arithmetic here.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>

#include "core/abi_guard.h"
#include "core/registry.h"
#include "core/tune.h"
#include "core/tuning_file.h"
#include "core/tuning_key.h"
#include "core/tuning_table.h"
#include "deconv/tuning.h"

namespace {

using deconv::Error;
using deconv::guarded;
using deconv::MeasuredCandidate;
using deconv::Measurement;

deconv_tune_options checked(const deconv_tune_options* options) {
  deconv_tune_options result;
  deconv_tune_options_init(&result);
  if (options == nullptr) return result;
  deconv::require_size(options->struct_size, sizeof(*options), "tune_options");
  if (!(options->seconds > 0)) throw Error(DECONV_INVALID_ARGUMENT, "seconds = %g must be greater than 0", options->seconds);
  return *options;
}

std::string label(const MeasuredCandidate& candidate) {
  return deconv::label(*candidate.backend, {candidate.algorithm, deconv::Support::yes()});
}

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

int64_t nanoseconds(double seconds) { return std::max<int64_t>(1, std::llround(seconds * 1e9)); }

deconv::TuningRecord record_of(const Measurement& m) {
  const MeasuredCandidate &chosen = m.candidates[m.chosen], &untuned = m.candidates[m.untuned];
  return {label(chosen), nanoseconds(chosen.seconds), label(untuned), nanoseconds(untuned.seconds), now()};
}

void fill(const Measurement& m, deconv_tune_result* result) {
  const size_t count = std::min<size_t>(m.candidates.size(), DECONV_TUNE_MAX_CANDIDATES);
  result->candidates = static_cast<int32_t>(count);
  result->untuned = static_cast<int32_t>(m.untuned);
  result->chosen = static_cast<int32_t>(m.chosen);
  result->seconds = m.seconds;
  for (size_t i = 0; i < count; ++i) {
    const MeasuredCandidate& c = m.candidates[i];
    result->candidate[i] = {c.backend->name(), c.algorithm, c.seconds, c.rounds};
  }
}

}  // namespace

extern "C" {

deconv_status deconv_tune(const deconv_params* params, const deconv_plan_options* shape, const deconv_tune_options* options,
                          deconv_tune_result* result) {
  return guarded([&] {
    if (result != nullptr) deconv::require_size(result->struct_size, sizeof(*result), "tune_result");
    const deconv_tune_options how = checked(options);
    const deconv::Parameters p = deconv::validate(params, false);
    if (!p.algorithm.empty()) {
      throw Error(DECONV_INVALID_ARGUMENT, "algorithm = \"%.60s\" is named: nothing is left to choose", p.algorithm.c_str());
    }
    const deconv::Shape s = deconv::validate(p, shape);
    const std::string file = how.file == nullptr ? deconv::tuning_file_of_environment() : how.file;
    if (!file.empty()) deconv::check_tuning_file(file);
    const Measurement measured = deconv::measure(p, s, how.seconds);
    const deconv::TuningRecords records{{deconv::tuning_key(p, s), record_of(measured)}};
    if (!file.empty()) deconv::add_to_tuning_file(file, records);
    deconv::remember_tuned(records, file);
    if (result != nullptr) fill(measured, result);
  });
}

deconv_status deconv_tuning_load(const char* path) {
  return guarded([&] {
    deconv::require_pointer(path, "path");
    deconv::load_tuned(path);
  });
}

void deconv_tuning_clear(void) { deconv::forget_tuned(); }

}  // extern "C"
