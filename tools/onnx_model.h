// SPDX-License-Identifier: Apache-2.0
// The transposed convolutions of an ONNX model, read by share/deconv/onnx_layers.py: protobuf and shape inference are the onnx package's.
#pragma once

#include <string>
#include <vector>

#include "layer.h"

namespace deconv::tool {

// Throws std::runtime_error: no python3, no onnx package, not a model, a shape that is unknown. The script says more on stderr.
std::vector<bench::Layer> read_onnx(const std::string& model, const std::vector<std::string>& input_shapes);

}  // namespace deconv::tool
