// SPDX-License-Identifier: Apache-2.0
#include "parameters.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "failure.h"

namespace nb = nanobind;

namespace deconv_python {
namespace {

template <class Enum>
using Word = std::pair<const char*, Enum>;

constexpr Word<deconv_layout> kLayouts[] = {{"channels_first", DECONV_CHANNELS_FIRST}, {"channels_last", DECONV_CHANNELS_LAST}};

constexpr Word<deconv_weights_layout> kWeightsLayouts[] = {{"IO", DECONV_WEIGHTS_IO},
                                                           {"OI", DECONV_WEIGHTS_OI},
                                                           {"spatial_OI", DECONV_WEIGHTS_SPATIAL_OI},
                                                           {"O_spatial_I", DECONV_WEIGHTS_O_SPATIAL_I}};

constexpr Word<deconv_weights_form> kForms[] = {{"transposed", DECONV_FORM_TRANSPOSED}, {"correlation", DECONV_FORM_CORRELATION}};

constexpr Word<deconv_activation> kActivations[] = {
    {"none", DECONV_ACTIVATION_NONE},   {"relu", DECONV_ACTIVATION_RELU},           {"leaky_relu", DECONV_ACTIVATION_LEAKY_RELU},
    {"prelu", DECONV_ACTIVATION_PRELU}, {"clamp", DECONV_ACTIVATION_CLAMP},         {"sigmoid", DECONV_ACTIVATION_SIGMOID},
    {"tanh", DECONV_ACTIVATION_TANH},   {"gelu", DECONV_ACTIVATION_GELU_ERF},       {"gelu_tanh", DECONV_ACTIVATION_GELU_TANH},
    {"silu", DECONV_ACTIVATION_SILU},   {"hardswish", DECONV_ACTIVATION_HARDSWISH}, {"elu", DECONV_ACTIVATION_ELU}};

constexpr Word<deconv_padding_mode> kPaddingModes[] = {{"EXPLICIT", DECONV_PADDING_EXPLICIT},
                                                       {"SAME_UPPER", DECONV_PADDING_SAME_UPPER},
                                                       {"SAME_LOWER", DECONV_PADDING_SAME_LOWER},
                                                       {"VALID", DECONV_PADDING_VALID}};

template <class Enum, size_t N>
Enum find(const char* field, const std::string& word, const Word<Enum> (&words)[N]) {
  std::string known;
  for (const auto& [name, value] : words) {
    if (word == name) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(std::string(field) + " = '" + word + "' is none of " + known);
}

Axes list(const int64_t* values, int32_t rank) { return Axes(values, values + rank); }

// Lists of begin, end and output padding.
nb::tuple lists(const deconv_padding& padding, int32_t rank) {
  return nb::make_tuple(list(padding.begin, rank), list(padding.end, rank), list(padding.output, rank));
}

void require_rank(const char* field, const Axes& values, int32_t rank) {
  if (values.size() != static_cast<size_t>(rank)) {
    refuse(std::string(field) + " has " + std::to_string(values.size()) + " entries, but the kernel has " + std::to_string(rank) + " axes");
  }
}

Axes output_shape(const Parameters& params, const Axes& in) {
  require_rank("in", in, params.rank());
  Axes out(in.size());
  deconv::throw_unless_ok(deconv_output_shape(&params.c(), in.data(), out.data()));
  return out;
}

// Without `in` and `shape` the answer serves every input extent.
nb::tuple resolve_padding(const Parameters& params, const std::string& mode, const std::optional<Axes>& in,
                          const std::optional<Axes>& shape) {
  if (in) require_rank("in", *in, params.rank());
  if (shape) require_rank("output_size", *shape, params.rank());
  deconv_padding padding{};
  deconv::throw_unless_ok(deconv_resolve_padding(&params.c(), in ? in->data() : nullptr, find("padding", mode, kPaddingModes),
                                                 shape ? shape->data() : nullptr, &padding));
  return lists(padding, params.rank());
}

}  // namespace

Parameters::Parameters(int64_t in_channels, int64_t out_channels, const Axes& kernel) {
  if (kernel.empty() || kernel.size() > DECONV_MAX_RANK) {
    refuse("the weights have " + std::to_string(kernel.size()) + " kernel axes: 1, 2 and 3 are possible");
  }
  c_.rank = static_cast<int32_t>(kernel.size());
  c_.in_channels = in_channels;
  c_.out_channels = out_channels;
  assign("kernel", kernel, c_.kernel);
}

void Parameters::assign(const char* field, const Axes& values, int64_t (&axes)[DECONV_MAX_RANK]) const {
  require_rank(field, values, c_.rank);
  std::copy(values.begin(), values.end(), axes);
}

deconv_padding Parameters::padding(const Axes& begin, const Axes& end, const Axes& output) const {
  deconv_padding result{};
  assign("padding", begin, result.begin);
  assign("padding", end, result.end);
  assign("output_padding", output, result.output);
  return result;
}

void Parameters::set_layouts(const std::string& src, const std::string& dst, const std::string& weights, const std::string& form) {
  c_.src_layout = find("layout", src, kLayouts);
  c_.dst_layout = find("layout", dst, kLayouts);
  c_.weights_layout = find("weights_layout", weights, kWeightsLayouts);
  c_.weights_form = find("weights_form", form, kForms);
}

void Parameters::set_tensors(nb::handle weights, const Axes& shape, nb::handle bias, nb::handle scale) {
  if (!weights.is_none()) {
    const Array array = import_array(weights, "weights");
    // The shape that the parameters were made from is the object's own word; its memory is what the library will read.
    if (array.ndim() != shape.size() || !std::equal(shape.begin(), shape.end(), array.shape_ptr())) {
      refuse("weights say that their shape is " + shape_words(shape.data(), shape.size()) + ", but what they share is of shape " +
             shape_words(array.shape_ptr(), array.ndim()));
    }
    held_.push_back(array);
    c_.weights = data_of(held_.back());
  }
  c_.bias = per_channel(bias, "bias");
  c_.scale = per_channel(scale, "scale");
}

const float* Parameters::per_channel(nb::handle object, const char* name) {
  if (object.is_none()) return nullptr;
  const Array array = import_array(object, name);
  if (array.ndim() != 1 || static_cast<int64_t>(array.shape(0)) != c_.out_channels) {
    refuse(std::string(name) + " has shape " + shape_words(array.shape_ptr(), array.ndim()) + ": it must be (out_channels,) = (" +
           std::to_string(c_.out_channels) + ",)");
  }
  held_.push_back(array);
  return data_of(array);
}

void Parameters::set_activation(const std::string& word, float alpha, float clamp_min, float clamp_max, nb::handle prelu_slopes) {
  c_.activation = find("activation", word, kActivations);
  c_.alpha = alpha;
  c_.clamp_min = clamp_min;
  c_.clamp_max = clamp_max;
  c_.prelu_slopes = per_channel(prelu_slopes, "prelu_slopes");
}

void Parameters::set_choice(bool strict, const std::string& backend, const std::string& algorithm, const std::string& max_isa) {
  backend_ = backend;
  algorithm_ = algorithm;
  max_isa_ = max_isa;
  c_.accuracy = strict ? DECONV_ACCURACY_STRICT : DECONV_ACCURACY_DEFAULT;
  c_.backend = backend_.empty() ? nullptr : backend_.c_str();
  c_.algorithm = algorithm_.empty() ? nullptr : algorithm_.c_str();
  c_.max_isa = max_isa_.empty() ? nullptr : max_isa_.c_str();
}

void Parameters::set_expected(int64_t batch, const Axes& in, int32_t threads) {
  c_.expected_batch = batch;
  assign("expected_shape", in, c_.expected_in);
  c_.expected_threads = threads;
}

Parameters Parameters::geometry() const {
  Parameters copy = *this;
  copy.held_.clear();
  copy.c_.weights = nullptr;
  copy.c_.bias = copy.c_.scale = copy.c_.prelu_slopes = nullptr;
  copy.c_.backend = copy.c_.algorithm = copy.c_.max_isa = nullptr;
  return copy;
}

void bind_parameters(nb::module_& m) {
  using namespace nb::literals;
  nb::class_<Parameters>(m, "Parameters")
      .def(nb::init<int64_t, int64_t, const Axes&>(), "in_channels"_a, "out_channels"_a, "kernel"_a)
      .def_prop_ro("rank", &Parameters::rank)
      .def_prop_ro("stride", [](const Parameters& params) { return list(params.c().stride, params.rank()); })
      .def_prop_ro("dilation", [](const Parameters& params) { return list(params.c().dilation, params.rank()); })
      .def_prop_ro("padding", [](const Parameters& params) { return lists(params.c().padding, params.rank()); })
      .def("set_groups", &Parameters::set_groups, "groups"_a)
      .def("set_stride", &Parameters::set_stride, "values"_a)
      .def("set_dilation", &Parameters::set_dilation, "values"_a)
      .def("set_padding", &Parameters::set_padding, "begin"_a, "end"_a, "output"_a)
      .def("set_layouts", &Parameters::set_layouts, "src"_a, "dst"_a, "weights"_a, "form"_a)
      .def("set_tensors", &Parameters::set_tensors, "weights"_a.none(), "shape"_a, "bias"_a.none(), "scale"_a.none())
      .def("set_activation", &Parameters::set_activation, "word"_a, "alpha"_a, "clamp_min"_a, "clamp_max"_a, "prelu_slopes"_a.none())
      .def("set_has_residual", &Parameters::set_has_residual, "has"_a)
      .def("set_choice", &Parameters::set_choice, "strict"_a, "backend"_a, "algorithm"_a, "max_isa"_a)
      .def("set_expected", &Parameters::set_expected, "batch"_a, "extents"_a, "threads"_a);
  m.def("explain", [](const Parameters& params) { return deconv::explain(params.c()); }, "params"_a);
  m.def("output_shape", &output_shape, "params"_a, "extents"_a);
  m.def("resolve_padding", &resolve_padding, "params"_a, "mode"_a, "extents"_a = nb::none(), "shape"_a = nb::none());
}

}  // namespace deconv_python
