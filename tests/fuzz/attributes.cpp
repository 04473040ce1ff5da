// SPDX-License-Identifier: Apache-2.0
// Bytes to a ConvTranspose node of ONNX: its attributes, the dims of W and X. The integration must refuse it in words, or know the dims of
// Y, which are then positive, fit 64 bits and are what the library computes for the pads that the integration hands over.
#include "attributes.h"

#include <cstring>

#include "fuzz/archive.h"
#include "fuzz/node.h"
#include "fuzz/patience.h"
#include "fuzz/require.h"
#include "layer.h"

namespace deconv_fuzz {
namespace {

using deconv_ort::Dims;

constexpr const char* kAutoPads[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};
constexpr const char* kActivations[] = {"", "Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "Tanh", "Gelu", "Elu", "HardSwish"};
constexpr const char* kLists[] = {"kernel_shape", "strides", "dilations", "pads", "output_padding", "output_shape"};

class NodeReader : public deconv_ort::AttributeReader {
 public:
  explicit NodeReader(const Node& node) : node_(node) {}
  void read(const char* name, int64_t* value) const override {
    if (std::strcmp(name, "group") == 0) *value = node_.group;
  }
  void read(const char* name, float* value) const override {
    *value = std::strcmp(name, "alpha") == 0 ? node_.alpha : std::strcmp(name, "clip_min") == 0 ? node_.clip_min : node_.clip_max;
  }
  void read(const char* name, Dims* value) const override {
    for (size_t i = 0; i < std::size(kLists); ++i) {
      if (std::strcmp(name, kLists[i]) == 0) *value = node_.lists[i];
    }
  }
  void read(const char* name, std::string* value) const override {
    if (std::strcmp(name, "auto_pad") == 0) *value = node_.auto_pad < std::size(kAutoPads) ? kAutoPads[node_.auto_pad] : node_.text;
    if (std::strcmp(name, "activation") == 0)
      *value = node_.activation < std::size(kActivations) ? kActivations[node_.activation] : node_.text;
  }

 private:
  const Node& node_;
};

void infer(const Node& node) {
  const deconv_ort::Layer layer(deconv_ort::read_attributes(NodeReader(node), node.fused % 2 == 1), node.weights);
  const Dims y = layer.output_dims(node.x);
  require(y.size() == node.x.size() && y[0] == node.x[0] && y[1] == layer.out_channels(), "batch and channels of Y");
  for (size_t i = 2; i < node.x.size(); ++i) {
    if (node.x[i] == -1) return;  // an extent that is not known
  }
  deconv_params params = layer.params();
  params.padding = layer.padding(node.x);
  int64_t out[DECONV_MAX_RANK] = {};
  require(deconv_output_shape(&params, node.x.data() + 2, out) == DECONV_OK, "what is inferred is legal");
  for (int axis = 0; axis < layer.rank(); ++axis) require(out[axis] >= 1 && out[axis] == y[axis + 2], "extents of Y");
}

}  // namespace
}  // namespace deconv_fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  deconv_fuzz::be_patient();
  deconv_fuzz::Node node;
  deconv_fuzz::Reader reader(data, size);
  deconv_fuzz::Node::tell(reader, node);
  try {
    deconv_fuzz::infer(node);
  } catch (const deconv_ort::Failure& error) {
    deconv_fuzz::require(error.what()[0] != '\0', "a refusal has words");
  } catch (const deconv::Error& error) {
    deconv_fuzz::require(error.what()[0] != '\0', "the library's refusal has words");
  }
  return 0;
}
