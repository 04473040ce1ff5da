// SPDX-License-Identifier: Apache-2.0
//
// Tuning: backends and algorithms of one layer measured on this machine, and the fastest remembered for the operators created later.
//
// A measurement belongs to a problem: geometry, data types, layouts of src and dst, kind of epilogue, accuracy, instruction set, backend
// asked for, and the input shape and thread count. deconv_operator_create, deconv_check and deconv_explain look it up through params'
// expected_batch (0: 1), expected_in (0: nothing is looked up) and expected_threads (0: OpenMP's default); descriptions then say "tuned". A
// named algorithm is never replaced, a named backend (DECONV_BACKEND too) by none but its own algorithms. Weights do not matter, nor do
// their order and form.
//
// Measurements live in the process and, if wished, in a file: text, one line a problem, for one CPU model and version of the library,
// written in one step, several processes at a time. A file that is anything else is ignored with its reason as a last line of explanations.
// It is trusted with speed only: a choice that this library would not make for those parameters is ignored, too. See docs/tuning.md.
// Environment:
//   DECONV_TUNING_FILE   file to read at the first create, check or explain, and where deconv_tune writes
#ifndef DECONV_TUNING_H_
#define DECONV_TUNING_H_

#include "deconv/deconv.h"

#ifdef __cplusplus
extern "C" {
#endif

// How to measure. Set up with deconv_tune_options_init, then assign.
typedef struct deconv_tune_options {
  size_t struct_size;  // stamped by deconv_tune_options_init
  double seconds;      // > 0: time to spend on runs, about. Six rounds at least, and up to 36 more of two candidates while noise might
                       // explain the lead of one, whatever they take; creating operators comes on top
  const char* file;    // where to remember. NULL: DECONV_TUNING_FILE, or without it this process only. "": this process only
} deconv_tune_options;

// One backend and algorithm that could run the layer. Strings are static.
typedef struct deconv_tune_candidate {
  const char* backend;
  const char* algorithm;  // "" where the backend has no such choice
  double seconds;  // of a run: the median of its rounds; with no rounds, scaled up from a smaller input or 0: it has no plan for the shape
  int32_t rounds;  // in which it was timed: hopeless candidates leave early
} deconv_tune_candidate;

#define DECONV_TUNE_MAX_CANDIDATES 16

typedef struct deconv_tune_result {
  size_t struct_size;  // stamped by deconv_tune_result_init
  int32_t candidates;  // entries of candidate[] that are used
  int32_t untuned;     // index of the library's own choice
  int32_t chosen;      // index of what is remembered: `untuned`, unless another was faster beyond noise
  double seconds;      // spent on runs
  deconv_tune_candidate candidate[DECONV_TUNE_MAX_CANDIDATES];  // in ranked order
} deconv_tune_result;

// Defaults: one second, DECONV_TUNING_FILE. Cannot fail.
static inline void deconv_tune_options_init(deconv_tune_options* options) {
  memset(options, 0, sizeof(*options));
  options->struct_size = sizeof(*options);
  options->seconds = 1.0;
}

// Everything NULL and 0. Cannot fail.
static inline void deconv_tune_result_init(deconv_tune_result* result) {
  memset(result, 0, sizeof(*result));
  result->struct_size = sizeof(*result);
}

// Measures every candidate for params on one input shape, by turns, and remembers the outcome for params and that shape and thread count
// (expected_* of params are not used; shape->padding counts as params' own). weights may be NULL: random ones are made, as src and residual
// are. options NULL: the defaults. result may be NULL. Holds all candidates' packed weights and the tensors while it runs. Measures on
// OpenMP's threads, or one: call it while nothing else runs. Thread-safe.
// Errors: as deconv_operator_create and deconv_plan_create; DECONV_INVALID_ARGUMENT for `seconds`, an algorithm named in params (nothing is
// left to choose) or a `file` that is something else than a tuning file, which is never overwritten; DECONV_BACKEND_FAILURE if it cannot be
// written. *result and what is remembered are then untouched.
DECONV_API deconv_status deconv_tune(const deconv_params* params, const deconv_plan_options* shape, const deconv_tune_options* options,
                                     deconv_tune_result* result);

// Remembers what a tuning file says; the later measurement of a problem wins. Thread-safe.
// Errors: DECONV_INVALID_ARGUMENT (path NULL), DECONV_UNSUPPORTED (missing, unreadable, corrupt, another CPU, version or format): nothing
// is changed, but explanations carry the reason. A caller who does not mind goes on.
DECONV_API deconv_status deconv_tuning_load(const char* path);

// Forgets all measurements and reasons, as if the process had just begun: DECONV_TUNING_FILE will be read again. Operators stay as they
// are. Thread-safe, cannot fail.
DECONV_API void deconv_tuning_clear(void);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DECONV_TUNING_H_
