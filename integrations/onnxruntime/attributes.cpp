// SPDX-License-Identifier: Apache-2.0
#include "attributes.h"

#include <cstring>

namespace deconv_ort {
namespace {

AutoPad auto_pad_of(const std::string& word) {
  if (word == "NOTSET") return AutoPad::kNotSet;
  if (word == "SAME_UPPER") return AutoPad::kSameUpper;
  if (word == "SAME_LOWER") return AutoPad::kSameLower;
  if (word == "VALID") return AutoPad::kValid;
  throw Failure(ORT_INVALID_ARGUMENT, "auto_pad = \"" + word + "\" is none of NOTSET, SAME_UPPER, SAME_LOWER, VALID");
}

struct Word {
  const char* word;
  deconv_activation activation;
};

// The names of the ONNX operators that an activation replaces.
constexpr Word kActivations[] = {
    {"", DECONV_ACTIVATION_NONE},       {"Relu", DECONV_ACTIVATION_RELU},           {"LeakyRelu", DECONV_ACTIVATION_LEAKY_RELU},
    {"PRelu", DECONV_ACTIVATION_PRELU}, {"Clip", DECONV_ACTIVATION_CLAMP},          {"Sigmoid", DECONV_ACTIVATION_SIGMOID},
    {"Tanh", DECONV_ACTIVATION_TANH},   {"HardSwish", DECONV_ACTIVATION_HARDSWISH}, {"Elu", DECONV_ACTIVATION_ELU},
};

deconv_activation activation_of(const std::string& word) {
  for (const Word& known : kActivations) {
    if (word == known.word) return known.activation;
  }
  throw Failure(ORT_INVALID_ARGUMENT, "activation = \"" + word + "\" is unknown");
}

}  // namespace

// The kernel's calls fail alike for an absent attribute and for one of another type, which would read as absent.
void KernelAttributes::refuse_other_types(const char* name) const {
  int64_t integer = 0;
  float real = 0.0f;
  size_t integers = 0, reals = 0, length = 0;
  if (succeeded(api_, api_.KernelInfoGetAttribute_int64(info_, name, &integer)) ||
      succeeded(api_, api_.KernelInfoGetAttribute_float(info_, name, &real)) ||
      succeeded(api_, api_.KernelInfoGetAttribute_string(info_, name, nullptr, &length)) ||
      (succeeded(api_, api_.KernelInfoGetAttributeArray_int64(info_, name, nullptr, &integers)) && integers > 0) ||
      (succeeded(api_, api_.KernelInfoGetAttributeArray_float(info_, name, nullptr, &reals)) && reals > 0)) {
    throw Failure(ORT_INVALID_ARGUMENT, std::string("attribute ") + name + " has a wrong type");
  }
}

void KernelAttributes::read(const char* name, int64_t* value) const {
  int64_t found = 0;
  if (!succeeded(api_, api_.KernelInfoGetAttribute_int64(info_, name, &found))) return refuse_other_types(name);
  *value = found;
}

void KernelAttributes::read(const char* name, float* value) const {
  float found = 0.0f;
  if (!succeeded(api_, api_.KernelInfoGetAttribute_float(info_, name, &found))) return refuse_other_types(name);
  *value = found;
}

void KernelAttributes::read(const char* name, Dims* value) const {
  size_t count = 0;
  if (!succeeded(api_, api_.KernelInfoGetAttributeArray_int64(info_, name, nullptr, &count)) || count == 0) return refuse_other_types(name);
  value->resize(count);
  check(api_, api_.KernelInfoGetAttributeArray_int64(info_, name, value->data(), &count));
}

void KernelAttributes::read(const char* name, std::string* value) const {
  size_t size = 0;
  if (!succeeded(api_, api_.KernelInfoGetAttribute_string(info_, name, nullptr, &size)) || size == 0) return refuse_other_types(name);
  value->resize(size);
  check(api_, api_.KernelInfoGetAttribute_string(info_, name, &(*value)[0], &size));
  value->resize(size - 1);  // without the terminating 0
}

// The attribute's value as bytes, empty where there is none of this type. The runtime tells the size by failing first.
std::string InferenceAttributes::bytes(const char* name, OrtOpAttrType type) const {
  const OrtOpAttr* attribute = nullptr;
  if (!succeeded(api_, api_.ShapeInferContext_GetAttribute(context_, name, &attribute)) || attribute == nullptr) return {};
  size_t size = 0;
  if (succeeded(api_, api_.ReadOpAttr(attribute, type, nullptr, 0, &size)) && size == 0) return {};
  std::string value(size, '\0');
  return succeeded(api_, api_.ReadOpAttr(attribute, type, &value[0], size, &size)) ? value : std::string();
}

void InferenceAttributes::read(const char* name, int64_t* value) const {
  const std::string found = bytes(name, ORT_OP_ATTR_INT);
  if (found.size() == sizeof(*value)) std::memcpy(value, found.data(), sizeof(*value));
}

void InferenceAttributes::read(const char* name, float* value) const {
  const std::string found = bytes(name, ORT_OP_ATTR_FLOAT);
  if (found.size() == sizeof(*value)) std::memcpy(value, found.data(), sizeof(*value));
}

void InferenceAttributes::read(const char* name, Dims* value) const {
  const std::string found = bytes(name, ORT_OP_ATTR_INTS);
  if (found.empty()) return;
  value->resize(found.size() / sizeof(int64_t));
  std::memcpy(value->data(), found.data(), value->size() * sizeof(int64_t));
}

void InferenceAttributes::read(const char* name, std::string* value) const {
  const std::string found = bytes(name, ORT_OP_ATTR_STRING);
  if (!found.empty()) *value = found;
}

Attributes read_attributes(const AttributeReader& reader, bool fused) {
  Attributes attributes;
  std::string auto_pad = "NOTSET";
  reader.read("auto_pad", &auto_pad);
  attributes.auto_pad = auto_pad_of(auto_pad);
  reader.read("group", &attributes.group);
  reader.read("kernel_shape", &attributes.kernel_shape);
  reader.read("strides", &attributes.strides);
  reader.read("dilations", &attributes.dilations);
  reader.read("pads", &attributes.pads);
  reader.read("output_padding", &attributes.output_padding);
  reader.read("output_shape", &attributes.output_shape);
  if (!fused) return attributes;

  std::string activation;
  reader.read("activation", &activation);
  attributes.activation = activation_of(activation);
  reader.read("alpha", &attributes.alpha);
  reader.read("clip_min", &attributes.clip_min);
  reader.read("clip_max", &attributes.clip_max);
  return attributes;
}

}  // namespace deconv_ort
