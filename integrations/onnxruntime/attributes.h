// SPDX-License-Identifier: Apache-2.0
// The attributes of ConvTranspose (ONNX opset 1 to 22) and of the fused operator, read from a node.
#pragma once

#include <string>

#include "runtime.h"

namespace deconv_ort {

// Where attributes are read from: a kernel's node, or a node during shape inference. Absent attributes leave `value` alone.
class AttributeReader {
 public:
  virtual ~AttributeReader() = default;
  virtual void read(const char* name, int64_t* value) const = 0;
  virtual void read(const char* name, float* value) const = 0;
  virtual void read(const char* name, Dims* value) const = 0;
  virtual void read(const char* name, std::string* value) const = 0;
};

// An attribute of another type than it should be is refused.
class KernelAttributes : public AttributeReader {
 public:
  KernelAttributes(const OrtApi& api, const OrtKernelInfo* info) : api_(api), info_(info) {}
  void read(const char* name, int64_t* value) const override;
  void read(const char* name, float* value) const override;
  void read(const char* name, Dims* value) const override;
  void read(const char* name, std::string* value) const override;

 private:
  void refuse_other_types(const char* name) const;

  const OrtApi& api_;
  const OrtKernelInfo* info_;
};

// An attribute of another type than it should be reads as absent here: the kernel will refuse it.
class InferenceAttributes : public AttributeReader {
 public:
  InferenceAttributes(const OrtApi& api, const OrtShapeInferContext* context) : api_(api), context_(context) {}
  void read(const char* name, int64_t* value) const override;
  void read(const char* name, float* value) const override;
  void read(const char* name, Dims* value) const override;
  void read(const char* name, std::string* value) const override;

 private:
  std::string bytes(const char* name, OrtOpAttrType type) const;

  const OrtApi& api_;
  const OrtShapeInferContext* context_;
};

enum class AutoPad { kNotSet, kSameUpper, kSameLower, kValid };

struct Attributes {
  AutoPad auto_pad = AutoPad::kNotSet;
  int64_t group = 1;
  // One value per spatial axis (pads: begins, then ends); empty where absent.
  Dims kernel_shape, strides, dilations, pads, output_padding, output_shape;

  // Of the fused operator only.
  deconv_activation activation = DECONV_ACTIVATION_NONE;
  float alpha = 0.0f;  // slope of LeakyRelu, scale of Elu
  float clip_min = 0.0f, clip_max = 0.0f;
};

// Throws Failure for an auto_pad or an activation that does not exist.
Attributes read_attributes(const AttributeReader& reader, bool fused);

}  // namespace deconv_ort
