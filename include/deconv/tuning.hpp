// SPDX-License-Identifier: Apache-2.0
//
// Tuning (deconv/tuning.h) with exceptions.
#ifndef DECONV_TUNING_HPP_
#define DECONV_TUNING_HPP_

#include "deconv/deconv.hpp"
#include "deconv/tuning.h"

namespace deconv {
inline namespace v0 {

// Options of a measurement with their defaults set (one second, DECONV_TUNING_FILE), all fields public.
struct TuneOptions : deconv_tune_options {
  TuneOptions() { deconv_tune_options_init(this); }
};

struct TuneResult : deconv_tune_result {
  TuneResult() { deconv_tune_result_init(this); }

  const deconv_tune_candidate& best() const { return candidate[chosen]; }
  // How many times as fast as the library's own choice.
  double gain() const { return candidate[untuned].seconds / candidate[chosen].seconds; }
};

// Measures every candidate on this machine and remembers the fastest for operators created later. Throws Error.
inline TuneResult tune(const deconv_params& params, const deconv_plan_options& shape, const deconv_tune_options& options = TuneOptions()) {
  TuneResult result;
  throw_unless_ok(deconv_tune(&params, &shape, &options, &result));
  return result;
}

// Remembers what a tuning file says. Throws Error for a file that cannot be used; nothing is changed then.
inline void load_tuning(const std::string& path) { throw_unless_ok(deconv_tuning_load(path.c_str())); }

// Forgets all measurements, as if the process had just begun.
inline void clear_tuning() { deconv_tuning_clear(); }

}  // namespace v0
}  // namespace deconv

#endif  // DECONV_TUNING_HPP_
