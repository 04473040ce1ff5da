// SPDX-License-Identifier: Apache-2.0
//
// deconv: transposed convolution ("deconvolution", ConvTranspose) for inference on CPUs.
//
// Three verbs:
//   create an operator   slow, once per layer: checks the parameters, chooses a backend, copies and packs the weights
//   create a plan        microseconds, once per input shape: output extents, workspace size, work split
//   run                  the hot path: no allocation, no lock, no printing
//
// Per spatial axis, with I input, K kernel, S stride, D dilation and O output extents:
//   O = (I - 1)*S + D*(K - 1) + 1 - pad_begin - pad_end + output_padding
//   dst[o] = sum of src[i] * weights[t] over every i, t with i*S + t*D == o + pad_begin
//
// Errors: every function that can fail returns a deconv_status; deconv_last_error() then says in words which field was wrong, its value and
// the rule. After a failure no output argument and no tensor has been written. No C++ exception leaves the library.
// Extents: no position on an axis, pads and taps that miss included, may lie more than 2^55 elements from its tensor's beginning.
// Threads: operators and plans are immutable; any number of threads may use one of them at the same time, also while the process exits (but
// for the onednn backend: oneDNN's own objects are gone then).
// Environment (read at create, each overridden by the matching field of deconv_params; deconv/tuning.h has DECONV_TUNING_FILE):
//   DECONV_BACKEND   backend to use, as deconv_params.backend
//   DECONV_MAX_ISA   best instruction set that may be used, as deconv_params.max_isa
//   DECONV_VERBOSE   1: one line to stderr for each operator and plan created; nothing is printed otherwise
#ifndef DECONV_DECONV_H_
#define DECONV_DECONV_H_

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32) && defined(DECONV_BUILDING_SHARED)
#define DECONV_API __declspec(dllexport)
#elif defined(_WIN32) && defined(DECONV_SHARED)
#define DECONV_API __declspec(dllimport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define DECONV_API __attribute__((visibility("default")))
#else
#define DECONV_API
#endif

// The one source of the version; the build reads it from here.
#define DECONV_VERSION_MAJOR 0
#define DECONV_VERSION_MINOR 1
#define DECONV_VERSION_PATCH 0

// Number of entries in every per-axis array. The first `rank` are used, outermost spatial axis first
// (rank 3: depth, height, width; rank 2: height, width; rank 1: width); the others are ignored.
#define DECONV_MAX_RANK 3

#ifdef __cplusplus
extern "C" {
#endif

typedef enum deconv_status {
  DECONV_OK = 0,
  DECONV_INVALID_ARGUMENT = 1,  // the request makes no sense: no backend could ever run it
  DECONV_UNSUPPORTED = 2,       // the request is legal, but the backend, algorithm or build asked for cannot run it
  DECONV_OUT_OF_MEMORY = 3,     // an allocation failed; nothing is leaked
  DECONV_BACKEND_FAILURE = 4    // a library underneath (oneDNN) reported an error
} deconv_status;

typedef enum deconv_data_type {
  DECONV_F32 = 0,
  DECONV_BF16 = 1,  // declared for ABI stability: answered with DECONV_UNSUPPORTED in this version, as are the next three
  DECONV_F16 = 2,
  DECONV_S8 = 3,
  DECONV_U8 = 4
} deconv_data_type;

// Order of src, dst and residual in memory, all dense. `N` is the batch.
typedef enum deconv_layout {
  DECONV_CHANNELS_FIRST = 0,  // N, C, spatial axes (NCW, NCHW, NCDHW): PyTorch, ONNX
  DECONV_CHANNELS_LAST = 1    // N, spatial axes, C (NWC, NHWC, NDHWC): TensorFlow, XNNPACK
} deconv_layout;

// Order of the weights in memory, all dense. IC and OC count all groups (group-major), G is the number of groups.
typedef enum deconv_weights_layout {
  DECONV_WEIGHTS_IO = 0,          // [IC][OC/G][kernel axes]: PyTorch and ONNX ConvTranspose
  DECONV_WEIGHTS_OI = 1,          // [OC][IC/G][kernel axes]: oneDNN (its [G][OC/G][IC/G] is the same bytes)
  DECONV_WEIGHTS_SPATIAL_OI = 2,  // [kernel axes][OC][IC/G]: TensorFlow conv2d_transpose (HWOI)
  DECONV_WEIGHTS_O_SPATIAL_I = 3  // [OC][kernel axes][IC/G]: TFLite, XNNPACK (OHWI)
} deconv_weights_layout;

typedef enum deconv_weights_form {
  DECONV_FORM_TRANSPOSED = 0,  // tap t writes to i*S + t*D: what every framework stores
  DECONV_FORM_CORRELATION = 1  // rotated by 180 degrees on every spatial axis: what one correlates the zero-inserted input with
} deconv_weights_form;

// Applied last to each output element x. `alpha`, `clamp_min` and `clamp_max` are fields of deconv_params.
typedef enum deconv_activation {
  DECONV_ACTIVATION_NONE = 0,
  DECONV_ACTIVATION_RELU = 1,        // max(x, 0)
  DECONV_ACTIVATION_LEAKY_RELU = 2,  // x >= 0 ? x : alpha * x
  DECONV_ACTIVATION_PRELU = 3,       // x >= 0 ? x : prelu_slopes[channel] * x
  DECONV_ACTIVATION_CLAMP = 4,       // min(max(x, clamp_min), clamp_max); relu6 is clamp(0, 6)
  DECONV_ACTIVATION_SIGMOID = 5,     // 1 / (1 + exp(-x))
  DECONV_ACTIVATION_TANH = 6,
  DECONV_ACTIVATION_GELU_ERF = 7,    // x/2 * (1 + erf(x / sqrt(2)))
  DECONV_ACTIVATION_GELU_TANH = 8,   // x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))
  DECONV_ACTIVATION_SILU = 9,        // x * sigmoid(x)
  DECONV_ACTIVATION_HARDSWISH = 10,  // x * min(max(x + 3, 0), 6) / 6
  DECONV_ACTIVATION_ELU = 11         // x >= 0 ? x : alpha * (exp(x) - 1)
} deconv_activation;

// DEFAULT allows fast algorithms (highway's toom_cook) where they pay. With F(m, r) that a plan's description names for an axis (F(1, 1)
// for others), u = 2^-24 and gamma_n = n*u / (1 - n*u), before the activation and but for overflow and underflow
//   |dst - exact| <= gamma_n * (|scale| * c * (sum over the group's input channels of X * W) + |bias| + |residual|)
// X: largest |x| of inputs j - (m + r - 2)*D to j + (m - 1)*D of every axis, j = (o + pad_begin) / S rounded down. W: sum of |w| over the
// taps of the output's phase. c: over the axes named, the product of 3, 4, 7.705 or 12.583 for m + r - 1 = 3, 4, 5 or 6. n: input channels
// of a group + 5 + the sum of 2*(m + r - 1). NaN and infinity in src may spread to outputs that X covers, in weights to their whole phase.
// STRICT never lets them spread; c*X*W is the sum of |x*w| then, n its terms + 4. `algorithm` forces either. See docs/accuracy.md.
typedef enum deconv_accuracy {
  DECONV_ACCURACY_DEFAULT = 0,
  DECONV_ACCURACY_STRICT = 1  // each product is computed once and summed plainly: a fast algorithm asked for by name is an error
} deconv_accuracy;

typedef enum deconv_padding_mode {
  DECONV_PADDING_EXPLICIT = 0,    // begin and end as they stand in params (ONNX NOTSET)
  DECONV_PADDING_SAME_UPPER = 1,  // O = I*S; an odd total puts the larger half at the end (TensorFlow SAME)
  DECONV_PADDING_SAME_LOWER = 2,  // O = I*S; an odd total puts the larger half at the beginning
  DECONV_PADDING_VALID = 3        // no pads
} deconv_padding_mode;

// Elements removed from, or added to, the full output, per axis. PyTorch's `padding` is begin == end.
typedef struct deconv_padding {
  int64_t begin[DECONV_MAX_RANK];   // >= 0: elements removed before the first output
  int64_t end[DECONV_MAX_RANK];     // >= 0: elements removed after the last output
  int64_t output[DECONV_MAX_RANK];  // 0 <= output < max(stride, dilation): elements added at the end (output_padding)
} deconv_padding;

// One layer. Set up with deconv_params_init, then assign. All pointers are read during the calls that take the
// struct and never kept: weights and per-channel vectors are copied by deconv_operator_create.
typedef struct deconv_params {
  size_t struct_size;  // stamped by deconv_params_init

  int32_t rank;          // number of spatial axes, 1..3
  int64_t groups;        // >= 1; divides both channel counts. groups == in_channels is depthwise
  int64_t in_channels;   // of src, all groups together
  int64_t out_channels;  // of dst, all groups together
  int64_t kernel[DECONV_MAX_RANK];    // >= 1
  int64_t stride[DECONV_MAX_RANK];    // >= 1
  int64_t dilation[DECONV_MAX_RANK];  // >= 1; 1 is a dense kernel (oneDNN counts from 0)
  deconv_padding padding;             // a plan may override it

  deconv_data_type src_type;
  deconv_data_type weights_type;
  deconv_data_type dst_type;  // of the residual too
  deconv_layout src_layout;
  deconv_layout dst_layout;  // of the residual too
  deconv_weights_layout weights_layout;
  deconv_weights_form weights_form;

  // Epilogue: dst = activation(scale[c] * sum + bias[c] + residual). NULL means absent.
  const void* weights;        // required by create; in_channels * out_channels / groups * kernel elements of weights_type
  const float* bias;          // out_channels elements
  const float* scale;         // out_channels elements
  const float* prelu_slopes;  // out_channels elements; required by DECONV_ACTIVATION_PRELU, else ignored
  int32_t has_residual;       // 0 or 1: runs pass a residual of dst's shape
  deconv_activation activation;
  float alpha;      // slope of leaky_relu, scale of elu
  float clamp_min;  // of clamp: not NaN, clamp_min <= clamp_max
  float clamp_max;

  deconv_accuracy accuracy;
  const char* backend;    // NULL: DECONV_BACKEND, else the first of the ranked list that can. "highway", "onednn", "naive"
  const char* algorithm;  // NULL: the backend chooses. See deconv_algorithm_name
  const char* max_isa;    // NULL: DECONV_MAX_ISA, else the CPU's best. A name of deconv_isa_name

  // The shape that most runs will have, so that the choice made at create fits it. 0: unknown. Never a limit.
  int64_t expected_batch;
  int64_t expected_in[DECONV_MAX_RANK];
  int32_t expected_threads;  // create packs with at most as many threads of OpenMP's. 1: it makes none, for hosts with a pool of their own
} deconv_params;

// One input shape. Set up with deconv_plan_options_init, then assign.
typedef struct deconv_plan_options {
  size_t struct_size;  // stamped by deconv_plan_options_init

  int64_t batch;                // >= 1
  int64_t in[DECONV_MAX_RANK];  // >= 1: src's spatial extents
  int32_t threads;              // >= 0: upper bound on tasks in flight, at most 1024 count. 1: no thread is made. 0: OpenMP's default
                                // (OMP_NUM_THREADS, affinity), at most the cgroup's CPU quota; 1 in a build without OpenMP
  const deconv_padding* padding;  // NULL: the operator's. Otherwise used instead (e.g. from deconv_resolve_padding)
} deconv_plan_options;

// Calls task(arg, i) once for every i in [0, count), in any order, on any threads, and returns after the last one ended. It must call them
// all, whatever threads it gets, and may not throw or jump out: the process would end, as tasks may be running still.
typedef void (*deconv_task)(void* arg, int64_t index);
typedef void (*deconv_parallel_for)(void* context, int64_t count, deconv_task task, void* arg);

// One run. Set up with deconv_run_args_init, then assign. Tensors need their type's natural alignment only. src, weights and
// dst must not overlap; residual may be dst itself (in-place sum) or not overlap it at all.
typedef struct deconv_run_args {
  size_t struct_size;  // stamped by deconv_run_args_init

  const void* src;       // batch * in_channels * in extents elements, in src_layout
  void* dst;             // batch * out_channels * out extents elements, in dst_layout: all are written, nothing else
  const void* residual;  // dst's shape and layout; required if and only if has_residual
  void* workspace;       // caller-owned, at least workspace_bytes long, any alignment; contents need not survive between
                         // runs. One workspace serves one run at a time. NULL is legal when workspace_bytes is 0
  size_t workspace_size;  // bytes available at workspace

  deconv_parallel_for parallel_for;  // NULL: OpenMP. Otherwise the caller's pool runs the tasks (count <= plan threads)
  void* parallel_context;            // handed to parallel_for unchanged
} deconv_run_args;

// Facts about an operator. Strings and numbers live as long as the operator.
typedef struct deconv_operator_info {
  size_t struct_size;       // stamped by deconv_operator_info_init
  const char* backend;      // "highway"
  const char* isa;          // "AVX3"; "" where the backend has no such choice
  const char* algorithm;    // "phase_gemm"; "" where the backend has no such choice
  const char* description;  // one line: what was chosen and why
  const char* candidates;   // one line per candidate in ranked order, as deconv_explain, which also asks backends after the chosen one
  int64_t packed_bytes;     // memory held for weights and per-channel vectors; toom_cook transforms weights to at most 20 times their size
} deconv_operator_info;

// Facts about a plan. Strings live as long as the plan.
typedef struct deconv_plan_info {
  size_t struct_size;             // stamped by deconv_plan_info_init
  int64_t out[DECONV_MAX_RANK];   // dst's spatial extents; entries past the rank are 1
  size_t workspace_bytes;         // what a run needs at deconv_run_args.workspace
  int64_t flops;                  // 2 for each product that lands inside dst
  int64_t bytes;                  // compulsory traffic: src, weights, per-channel vectors and residual read once, dst written once
  int32_t threads;                // upper bound on tasks in flight, resolved
  const char* description;        // one line: what runs ("AVX3/phase_gemm 8x48"; oneDNN's implementation string)
} deconv_plan_info;

typedef struct deconv_operator deconv_operator;
typedef struct deconv_plan deconv_plan;

// Defaults: rank 2, one group, stride and dilation 1, no pads, f32, channels first, IO weights in transposed form, no epilogue.
// Channels and kernel stay 0 and must be assigned. Cannot fail.
static inline void deconv_params_init(deconv_params* params) {
  memset(params, 0, sizeof(*params));
  params->struct_size = sizeof(*params);
  params->rank = 2;
  params->groups = 1;
  for (int axis = 0; axis < DECONV_MAX_RANK; ++axis) params->stride[axis] = params->dilation[axis] = 1;
}

// Defaults: batch 1, default threads, the operator's padding. Extents stay 0 and must be assigned. Cannot fail.
static inline void deconv_plan_options_init(deconv_plan_options* options) {
  memset(options, 0, sizeof(*options));
  options->struct_size = sizeof(*options);
  options->batch = 1;
}

// Everything NULL and 0. Cannot fail.
static inline void deconv_run_args_init(deconv_run_args* args) {
  memset(args, 0, sizeof(*args));
  args->struct_size = sizeof(*args);
}

static inline void deconv_operator_info_init(deconv_operator_info* info) {
  memset(info, 0, sizeof(*info));
  info->struct_size = sizeof(*info);
}

static inline void deconv_plan_info_init(deconv_plan_info* info) {
  memset(info, 0, sizeof(*info));
  info->struct_size = sizeof(*info);
}

// ---- About the library. None of these can fail; strings are static. Thread-safe. ----

// "0.1.0"
DECONV_API const char* deconv_version(void);

// "ok", "invalid argument", "unsupported", "out of memory", "backend failure"; "unknown status" for other values.
DECONV_API const char* deconv_status_name(deconv_status status);

// Why the calling thread's most recent failing call failed, in words; "" before the first failure. Valid until the thread's next
// deconv call. Successful calls leave it as it is.
DECONV_API const char* deconv_last_error(void);

// Backends compiled into this library, in ranked order. NULL for an index out of range.
DECONV_API int32_t deconv_backend_count(void);
DECONV_API const char* deconv_backend_name(int32_t index);

// Version or build note of a backend ("3.2.0" for onednn; the library's own version otherwise). NULL for an index out of range.
DECONV_API const char* deconv_backend_version(int32_t index);

// Algorithms of a backend, in ranked order; 0 where the backend offers no choice or its name is unknown or NULL.
DECONV_API int32_t deconv_algorithm_count(const char* backend);
DECONV_API const char* deconv_algorithm_name(const char* backend, int32_t index);

// Instruction sets of the highway backend that this CPU runs and this library holds, best first ("AVX3", "AVX2", "SSE4", ...).
DECONV_API int32_t deconv_isa_count(void);
DECONV_API const char* deconv_isa_name(int32_t index);

// ---- Shape arithmetic: 64-bit, checked, no memory touched. Thread-safe. ----

// Output extents for input extents `in` (rank entries) into `out` (rank entries written).
// DECONV_INVALID_ARGUMENT: anything wrong in params' geometry, a non-positive extent, an empty output, an overflow.
DECONV_API deconv_status deconv_output_shape(const deconv_params* params, const int64_t* in, int64_t* out);

// Resolves a framework's padding words into numbers for input extents `in`; params' own padding is the starting point.
//   output_shape NULL: EXPLICIT keeps begin, end and output; SAME_* makes O = I*S; VALID makes begin = end = 0 and keeps output.
//   output_shape of rank entries: total = full + output - O is split as ONNX does: SAME_UPPER puts the larger half at the end, every other
//   mode at the beginning; a negative total becomes output padding where that stays below max(stride, dilation).
// `in` may be NULL when output_shape is NULL: the result then serves every input extent.
// DECONV_INVALID_ARGUMENT: an unknown mode, wrong geometry, a shape that no pads can reach.
DECONV_API deconv_status deconv_resolve_padding(const deconv_params* params, const int64_t* in, deconv_padding_mode mode,
                                                const int64_t* output_shape, deconv_padding* padding);

// ---- Operators ----

// Whether deconv_operator_create would accept these parameters; weights may be NULL here. Same statuses and reasons as create,
// except out of memory while packing. Thread-safe.
DECONV_API deconv_status deconv_check(const deconv_params* params);

// One line per candidate backend and algorithm: chosen, possible or declined, with the reason. Writes at most `size` bytes including the
// terminating 0 to buffer (which may be NULL when size is 0); *needed (may be NULL) receives the size of the whole text with its 0.
// Fails only where params itself is invalid. Thread-safe.
DECONV_API deconv_status deconv_explain(const deconv_params* params, char* buffer, size_t size, size_t* needed);

// Creates an immutable operator. Weights and per-channel vectors are copied: the caller's may go afterwards. The caller owns *op.
// Errors: DECONV_INVALID_ARGUMENT, DECONV_UNSUPPORTED (a named backend, algorithm or instruction set that cannot run is never
// replaced by another), DECONV_OUT_OF_MEMORY, DECONV_BACKEND_FAILURE; *op is then untouched. Thread-safe.
DECONV_API deconv_status deconv_operator_create(const deconv_params* params, deconv_operator** op);

// NULL is allowed. Plans made from the operator stay valid.
DECONV_API void deconv_operator_destroy(deconv_operator* op);

// Fills *info (struct_size stamped by the caller). Thread-safe.
DECONV_API deconv_status deconv_operator_get_info(const deconv_operator* op, deconv_operator_info* info);

// ---- Plans ----

// Creates an immutable plan for one input shape. The caller owns *plan, which keeps what it needs of the operator alive.
// Errors: DECONV_INVALID_ARGUMENT (extents, more than 2^55 elements, overflow of size_t, empty output), DECONV_UNSUPPORTED (the operator's
// backend cannot run this shape), DECONV_OUT_OF_MEMORY, DECONV_BACKEND_FAILURE; *plan is then untouched. Thread-safe.
DECONV_API deconv_status deconv_plan_create(const deconv_operator* op, const deconv_plan_options* options, deconv_plan** plan);

// NULL is allowed.
DECONV_API void deconv_plan_destroy(deconv_plan* plan);

// Fills *info (struct_size stamped by the caller). Thread-safe.
DECONV_API deconv_status deconv_plan_get_info(const deconv_plan* plan, deconv_plan_info* info);

// ---- Run ----

// Computes dst. Thread-safe: runs of one plan may overlap when their dst and workspace differ. With the naive and highway backends: no
// allocation, no lock, and dst is bitwise the same for any thread count, batch split and repetition on one instruction set.
// The calling thread is alone inside an OpenMP region, in a child of fork() if it had OpenMP workers, and where no thread can be made.
// Errors: DECONV_INVALID_ARGUMENT (NULL tensor, residual missing or unexpected, workspace too small), DECONV_BACKEND_FAILURE.
DECONV_API deconv_status deconv_run(const deconv_plan* plan, const deconv_run_args* args);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // DECONV_DECONV_H_
