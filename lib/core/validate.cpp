// SPDX-License-Identifier: Apache-2.0
// Everything that no backend could accept, checked once, before any memory is touched.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "core/checked.h"
#include "core/isa.h"
#include "core/output_extent.h"
#include "core/parallel.h"
#include "core/parameters.h"

namespace deconv {
namespace {

long long print(int64_t value) { return value; }

void require(bool ok, const char* field, int64_t value, const char* rule) {
  if (!ok) throw Error(DECONV_INVALID_ARGUMENT, "%s = %lld %s", field, print(value), rule);
}

void require_axis(bool ok, const char* field, int axis, int64_t value, const char* rule) {
  if (!ok) throw Error(DECONV_INVALID_ARGUMENT, "%s[%d] = %lld %s", field, axis, print(value), rule);
}

void require_struct_size(size_t got, size_t want, const char* name, const char* init) {
  if (got != want) {
    throw Error(DECONV_INVALID_ARGUMENT, "%s.struct_size = %zu is not %zu: call %s first", name, got, want, init);
  }
}

// Reading an enum that holds no enumerator is undefined in C++; its bytes are not.
template <class E>
int raw(const E& value) {
  static_assert(sizeof(E) == sizeof(int), "C enums of the ABI are ints");
  int bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

template <class E>
E checked_enum(const E& value, int count, const char* field) {
  const int number = raw(value);
  require(number >= 0 && number < count, field, number, "is not a value of its enumeration");
  return value;
}

deconv_data_type checked_type(const deconv_data_type& value, const char* field) {
  const deconv_data_type type = checked_enum(value, 5, field);
  if (type != DECONV_F32) {
    throw Error(DECONV_UNSUPPORTED, "%s = %d: this version computes in DECONV_F32 (0) only", field, static_cast<int>(type));
  }
  return type;
}

Padding checked_padding(const Parameters& p, const deconv_padding& padding, const char* name) {
  Padding result;
  char field[32];
  for (int axis = 0; axis < p.rank; ++axis) {
    const int a = axis + 3 - p.rank;
    const auto check = [&](const char* part, int64_t value, bool ok, const char* rule) {
      std::snprintf(field, sizeof(field), "%s.%s", name, part);
      require_axis(ok, field, axis, value, rule);
    };
    check("begin", padding.begin[axis], padding.begin[axis] >= 0, "must not be negative");
    check("end", padding.end[axis], padding.end[axis] >= 0, "must not be negative");
    check("output", padding.output[axis], padding.output[axis] >= 0, "must not be negative");
    check("output", padding.output[axis], padding.output[axis] < std::max(p.stride[a], p.dilation[a]),
          "must be smaller than the larger of stride and dilation");
    result.begin[a] = padding.begin[axis];
    result.end[a] = padding.end[axis];
    result.output[a] = padding.output[axis];
  }
  return result;
}

void read_geometry(const deconv_params& c, Parameters* p) {
  require(c.rank >= 1 && c.rank <= DECONV_MAX_RANK, "rank", c.rank, "must be 1, 2 or 3");
  p->rank = c.rank;
  require(c.groups >= 1, "groups", c.groups, "must be at least 1");
  require(c.in_channels >= 1, "in_channels", c.in_channels, "must be at least 1");
  require(c.out_channels >= 1, "out_channels", c.out_channels, "must be at least 1");
  const auto divisible = [&](const char* field, int64_t value) {
    if (value % c.groups != 0) {
      throw Error(DECONV_INVALID_ARGUMENT, "%s = %lld is not divisible by groups = %lld", field, print(value), print(c.groups));
    }
  };
  divisible("in_channels", c.in_channels);
  divisible("out_channels", c.out_channels);
  p->groups = c.groups;
  p->in_channels = c.in_channels;
  p->out_channels = c.out_channels;
  for (int axis = 0; axis < c.rank; ++axis) {
    const int a = axis + 3 - c.rank;
    require_axis(c.kernel[axis] >= 1, "kernel", axis, c.kernel[axis], "must be at least 1");
    require_axis(c.stride[axis] >= 1, "stride", axis, c.stride[axis], "must be at least 1");
    require_axis(c.dilation[axis] >= 1, "dilation", axis, c.dilation[axis], "must be at least 1");
    p->kernel[a] = c.kernel[axis];
    p->stride[a] = c.stride[axis];
    p->dilation[a] = c.dilation[axis];
    checked_add(checked_mul(c.dilation[axis], c.kernel[axis] - 1, "dilation * (kernel - 1)"), 1, "the dilated kernel");
  }
  p->padding = checked_padding(*p, c.padding, "padding");
  int64_t bytes = checked_mul(c.in_channels, c.out_channels / c.groups, "the weights' size");
  for (const int64_t k : p->kernel) bytes = checked_mul(bytes, k, "the weights' size");
  checked_mul(bytes, sizeof(float), "the weights' size in bytes");
}

void read_epilogue(const deconv_params& c, Parameters* p) {
  Epilogue& e = p->epilogue;
  require(c.has_residual == 0 || c.has_residual == 1, "has_residual", c.has_residual, "must be 0 or 1");
  e.has_residual = c.has_residual == 1;
  e.has_bias = c.bias != nullptr;
  e.has_scale = c.scale != nullptr;
  e.activation = checked_enum(c.activation, 12, "activation");
  e.alpha = c.alpha;
  e.clamp_min = c.clamp_min;
  e.clamp_max = c.clamp_max;
  if (e.activation == DECONV_ACTIVATION_PRELU && c.prelu_slopes == nullptr) {
    throw Error(DECONV_INVALID_ARGUMENT, "prelu_slopes is NULL: activation DECONV_ACTIVATION_PRELU needs out_channels slopes");
  }
  if (e.activation == DECONV_ACTIVATION_LEAKY_RELU || e.activation == DECONV_ACTIVATION_ELU) {
    if (std::isnan(c.alpha)) throw Error(DECONV_INVALID_ARGUMENT, "alpha = NaN must be a number");
  }
  if (e.activation == DECONV_ACTIVATION_CLAMP) {
    if (std::isnan(c.clamp_min)) throw Error(DECONV_INVALID_ARGUMENT, "clamp_min = NaN must be a number");
    if (std::isnan(c.clamp_max)) throw Error(DECONV_INVALID_ARGUMENT, "clamp_max = NaN must be a number");
    if (c.clamp_min > c.clamp_max) {
      throw Error(DECONV_INVALID_ARGUMENT, "clamp_min = %g is greater than clamp_max = %g", static_cast<double>(c.clamp_min),
                  static_cast<double>(c.clamp_max));
    }
  }
}

// Of elements: 2^57 bytes, which is what x86-64 addresses at most, and a 64th of what a pointer's arithmetic holds.
constexpr int64_t kMostOffset = int64_t{1} << 55;

// Kernels add positions and offsets, those of taps that miss and of what a tile computes beyond the last output among them: where none lies
// farther than kMostOffset elements from its tensor's beginning, no sum of theirs overflows. Pads are not counted: an output that is not
// empty lies inside of the full extent and the output padding.
void require_reach(const Parameters& p, const Shape& shape) {
  constexpr const char* kPositions = "full extent + output padding";
  const Axes full = full_extents(p, shape.in);
  int64_t src_step = p.in_channels, dst_step = p.out_channels;
  for (int a = 2; a >= 3 - p.rank; --a) {
    const int64_t positions = checked_add(full[a], shape.padding.output[a], kPositions), step = std::max(src_step, dst_step);
    if (positions > kMostOffset / step) {
      throw Error(DECONV_INVALID_ARGUMENT, "%s = %lld on axis %d, a step there being %lld elements, is more than 2^55 elements", kPositions,
                  print(positions), a - (3 - p.rank), print(step));
    }
    src_step *= shape.in[a];
    dst_step *= shape.out[a];
  }
}

std::string argument_or_environment(const char* argument, const char* variable) {
  if (argument != nullptr) return argument;
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

void read_choices(const deconv_params& c, Parameters* p) {
  p->accuracy = checked_enum(c.accuracy, 2, "accuracy");
  p->backend = argument_or_environment(c.backend, "DECONV_BACKEND");
  p->algorithm = c.algorithm == nullptr ? "" : c.algorithm;
  p->max_isa = argument_or_environment(c.max_isa, "DECONV_MAX_ISA");
  require_isa_name(p->max_isa);  // of every backend's callers: a tuning file's keys hold it
  require(c.expected_batch >= 0, "expected_batch", c.expected_batch, "must not be negative");
  require(c.expected_threads >= 0, "expected_threads", c.expected_threads, "must not be negative");
  p->expected_batch = c.expected_batch;
  p->expected_threads = c.expected_threads;
  p->expected_in = {1, 1, 1};
  for (int axis = 0; axis < p->rank; ++axis) {
    require_axis(c.expected_in[axis] >= 0, "expected_in", axis, c.expected_in[axis], "must not be negative");
    p->expected_in[axis + 3 - p->rank] = c.expected_in[axis];
  }
}

}  // namespace

Parameters validate(const deconv_params* params, bool need_weights) {
  if (params == nullptr) throw Error(DECONV_INVALID_ARGUMENT, "params is NULL");
  require_struct_size(params->struct_size, sizeof(*params), "params", "deconv_params_init");
  Parameters p;
  read_geometry(*params, &p);
  p.src_layout = checked_enum(params->src_layout, 2, "src_layout");
  p.dst_layout = checked_enum(params->dst_layout, 2, "dst_layout");
  p.weights_layout = checked_enum(params->weights_layout, 4, "weights_layout");
  p.weights_form = checked_enum(params->weights_form, 2, "weights_form");
  read_epilogue(*params, &p);
  read_choices(*params, &p);
  p.src_type = checked_type(params->src_type, "src_type");
  p.weights_type = checked_type(params->weights_type, "weights_type");
  p.dst_type = checked_type(params->dst_type, "dst_type");
  if (need_weights && params->weights == nullptr) throw Error(DECONV_INVALID_ARGUMENT, "weights is NULL");
  p.weights = params->weights;
  p.bias = params->bias;
  p.scale = params->scale;
  p.prelu_slopes = params->prelu_slopes;
  return p;
}

void require_sizes(const Parameters& params, const Shape& shape) {
  const auto bytes = [&](const Axes& extents, int64_t channels, const char* what) {
    int64_t count = checked_mul(checked_mul(shape.batch, channels, what), sizeof(float), what);
    for (const int64_t extent : extents) count = checked_mul(count, extent, what);
    // ptrdiff_t bounds every object; on 64-bit machines this is the test above.
    if (static_cast<uint64_t>(count) > static_cast<uint64_t>(PTRDIFF_MAX)) {
      throw Error(DECONV_INVALID_ARGUMENT, "%s = %lld does not fit this machine's size_t", what, print(count));
    }
  };
  bytes(shape.in, params.in_channels, "the size of src in bytes");
  bytes(shape.out, params.out_channels, "the size of dst in bytes");
  require_reach(params, shape);
}

Shape validate(const Parameters& params, const deconv_plan_options* options) {
  if (options == nullptr) throw Error(DECONV_INVALID_ARGUMENT, "options is NULL");
  require_struct_size(options->struct_size, sizeof(*options), "options", "deconv_plan_options_init");
  Shape shape;
  require(options->batch >= 1, "batch", options->batch, "must be at least 1");
  require(options->threads >= 0, "threads", options->threads, "must not be negative");
  shape.batch = options->batch;
  shape.threads = resolved_threads(options->threads);
  shape.padding = options->padding == nullptr ? params.padding : checked_padding(params, *options->padding, "padding");
  for (int axis = 0; axis < params.rank; ++axis) {
    require_axis(options->in[axis] >= 1, "in", axis, options->in[axis], "must be at least 1");
    shape.in[axis + 3 - params.rank] = options->in[axis];
  }
  shape.out = output_extents(params, shape.in, shape.padding);
  require_sizes(params, shape);
  return shape;
}

int64_t weight_index(const Parameters& p, int64_t ic, int64_t oc, const Axes& tap) {
  Axes t = tap;
  if (p.weights_form == DECONV_FORM_CORRELATION) {
    for (int a = 0; a < 3; ++a) t[a] = p.kernel[a] - 1 - tap[a];
  }
  const int64_t flat = (t[0] * p.kernel[1] + t[1]) * p.kernel[2] + t[2];
  const int64_t ic_per_group = p.in_channels_per_group(), oc_per_group = p.out_channels_per_group();
  const int64_t ic_in_group = ic % ic_per_group, oc_total = ic / ic_per_group * oc_per_group + oc;
  switch (p.weights_layout) {
    case DECONV_WEIGHTS_IO:
      return (ic * oc_per_group + oc) * p.taps() + flat;
    case DECONV_WEIGHTS_OI:
      return (oc_total * ic_per_group + ic_in_group) * p.taps() + flat;
    case DECONV_WEIGHTS_SPATIAL_OI:
      return (flat * p.out_channels + oc_total) * ic_per_group + ic_in_group;
    case DECONV_WEIGHTS_O_SPATIAL_I:
      return (oc_total * p.taps() + flat) * ic_per_group + ic_in_group;
  }
  return 0;
}

}  // namespace deconv
