// SPDX-License-Identifier: Apache-2.0
#include "onnx_model.h"

#include <sstream>
#include <stdexcept>

#include "place.h"
#include "zoo.h"

namespace deconv::tool {

std::vector<bench::Layer> read_onnx(const std::string& model, const std::vector<std::string>& input_shapes) {
  std::vector<std::string> arguments;
  for (const std::string& shape : input_shapes) {
    arguments.emplace_back("--input-shape");
    arguments.push_back(shape);
  }
  arguments.insert(arguments.end(), {"--", model});  // a name may begin with a dash
  const ScriptResult result = run_script(shared_file("onnx_layers.py"), arguments, true);
  if (result.status == 127) throw std::runtime_error("--onnx needs python3, which was not found");
  if (result.status != 0) throw std::runtime_error("--onnx " + model + ": the layers could not be read (see above)");
  std::istringstream text(result.output);
  return bench::read_zoo(text, "--onnx " + model);
}

}  // namespace deconv::tool
