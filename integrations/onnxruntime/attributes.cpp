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

template <class T>
T from_bytes(const std::string& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

}  // namespace

void KernelAttributes::read(const char* name, int64_t* value) const {
  int64_t found = 0;
  if (succeeded(api_, api_.KernelInfoGetAttribute_int64(info_, name, &found))) *value = found;
}

void KernelAttributes::read(const char* name, float* value) const {
  float found = 0.0f;
  if (succeeded(api_, api_.KernelInfoGetAttribute_float(info_, name, &found))) *value = found;
}

void KernelAttributes::read(const char* name, Dims* value) const {
  size_t count = 0;
  if (!succeeded(api_, api_.KernelInfoGetAttributeArray_int64(info_, name, nullptr, &count)) || count == 0) return;
  value->resize(count);
  check(api_, api_.KernelInfoGetAttributeArray_int64(info_, name, value->data(), &count));
}

void KernelAttributes::read(const char* name, std::string* value) const {
  size_t size = 0;
  if (!succeeded(api_, api_.KernelInfoGetAttribute_string(info_, name, nullptr, &size)) || size == 0) return;
  value->resize(size);
  check(api_, api_.KernelInfoGetAttribute_string(info_, name, &(*value)[0], &size));
  value->resize(size - 1);  // without the terminating 0
}

// The attribute's value as bytes. The runtime tells the size by failing first.
std::string InferenceAttributes::bytes(const char* name, OrtOpAttrType type, size_t unit, bool* present) const {
  const OrtOpAttr* attribute = nullptr;
  *present = succeeded(api_, api_.ShapeInferContext_GetAttribute(context_, name, &attribute)) && attribute != nullptr;
  std::string value;
  if (!*present) return value;
  size_t size = 0;
  if (succeeded(api_, api_.ReadOpAttr(attribute, type, nullptr, 0, &size)) && size == 0) return value;  // an empty list or string
  value.resize(size);
  if (!succeeded(api_, api_.ReadOpAttr(attribute, type, &value[0], size, &size)) || size % unit != 0 || size == 0) {
    throw Failure(ORT_INVALID_ARGUMENT, std::string("attribute ") + name + " has a wrong type");
  }
  return value;
}

void InferenceAttributes::read(const char* name, int64_t* value) const {
  bool present = false;
  const std::string found = bytes(name, ORT_OP_ATTR_INT, sizeof(int64_t), &present);
  if (present) *value = from_bytes<int64_t>(found);
}

void InferenceAttributes::read(const char* name, float* value) const {
  bool present = false;
  const std::string found = bytes(name, ORT_OP_ATTR_FLOAT, sizeof(float), &present);
  if (present) *value = from_bytes<float>(found);
}

void InferenceAttributes::read(const char* name, Dims* value) const {
  bool present = false;
  const std::string found = bytes(name, ORT_OP_ATTR_INTS, sizeof(int64_t), &present);
  if (!present) return;
  value->resize(found.size() / sizeof(int64_t));
  if (!found.empty()) std::memcpy(value->data(), found.data(), found.size());
}

void InferenceAttributes::read(const char* name, std::string* value) const {
  bool present = false;
  const std::string found = bytes(name, ORT_OP_ATTR_STRING, 1, &present);
  if (present) *value = found;
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
