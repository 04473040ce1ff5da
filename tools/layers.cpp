// SPDX-License-Identifier: Apache-2.0
#include "layers.h"

#include <algorithm>
#include <stdexcept>

#include "onnx_model.h"
#include "place.h"
#include "problem_layer.h"
#include "text.h"
#include "zoo.h"

namespace deconv::tool {
namespace {

using bench::Layer;

bool is_rank(const std::string& word) { return word == "d1" || word == "d2" || word == "d3"; }

// A problem may come as one quoted argument or as its words: words that hold no space and begin with a rank are one problem.
std::vector<std::string> joined(const std::vector<std::string>& arguments) {
  const bool words =
      std::none_of(arguments.begin(), arguments.end(), [](const std::string& a) { return a.find(' ') != std::string::npos; });
  if (!words || arguments.empty() || !is_rank(arguments[0])) return arguments;
  std::string problem = arguments[0];
  for (size_t i = 1; i < arguments.size(); ++i) problem += " " + arguments[i];
  return {problem};
}

Case to_case(const deconv_test::Problem& problem, const std::string& name) {
  if (problem.threads < 1 || problem.threads > 1024)
    throw std::runtime_error("threads = " + std::to_string(problem.threads) + " must be 1 to 1024");
  return {bench::to_layer(problem, name), {{problem.src_layout, problem.dst_layout}}, {problem.threads}};
}

Case from_problem(const std::string& text) {
  try {
    const deconv_test::Problem problem = deconv_test::parse_problem(text);
    return to_case(problem, text);
  } catch (const std::invalid_argument& error) {  // the parser's
    throw std::runtime_error(error.what());
  } catch (const std::runtime_error& error) {
    throw std::runtime_error("problem '" + text + "': " + error.what());
  }
}

Case from_layer(const Layer& layer) { return {layer, {DECONV_CHANNELS_FIRST}, {1}}; }

// A name of the zoo, or a problem string.
Case from_argument(const std::string& text, const std::vector<Layer>& zoo) {
  const auto found = std::find_if(zoo.begin(), zoo.end(), [&](const Layer& layer) { return layer.name == text; });
  if (found != zoo.end()) return from_layer(*found);
  if (text.find(' ') == std::string::npos && !is_rank(text))
    throw std::runtime_error("'" + text + "' is neither a layer of the zoo nor a problem (\"d2 ic64 oc3 ih32x32 k4x4 s2x2 pb1x1 pe1x1\")");
  return from_problem(text);
}

void append(const std::vector<Layer>& layers, std::vector<Case>& cases) {
  for (const Layer& layer : layers) cases.push_back(from_layer(layer));
}

}  // namespace

void LayerOptions::add_to(CLI::App& command) {
  command.add_option("PROBLEM", problems, "Problem strings (docs/testing.md) or names of the zoo's layers");
  command.add_option("--zoo", zoo, "Layers of a CSV file with the columns of zoo.csv; \"zoo\" is the one that comes along")
      ->type_name("FILE");
  command.add_option("--onnx", onnx, "Every ConvTranspose of an ONNX model (needs python3 with the onnx package)")->type_name("MODEL");
  command.add_option("--input-shape", input_shapes, "Shape of a model's input, as name:1,3,640,640; may be repeated")->type_name("SHAPE");
  command.add_option("--layouts", layouts, "nchw (channels first), nhwc (channels last) or both, at any rank")->type_name("LIST");
  command.add_option("--threads", threads, "Thread counts")->type_name("LIST");
}

std::vector<Case> read_cases(const LayerOptions& options) {
  std::vector<Case> cases;
  if (!options.problems.empty()) {
    const std::vector<Layer> zoo = bench::read_zoo(zoo_file());
    for (const std::string& text : joined(options.problems)) cases.push_back(from_argument(text, zoo));
  }
  if (!options.zoo.empty()) append(bench::read_zoo(options.zoo == "zoo" ? zoo_file() : options.zoo), cases);
  if (options.onnx.empty() && !options.input_shapes.empty()) throw std::runtime_error("--input-shape needs --onnx MODEL");
  if (!options.onnx.empty()) append(read_onnx(options.onnx, options.input_shapes), cases);
  if (cases.empty()) throw std::runtime_error("no layers: give a PROBLEM, the name of a zoo layer, --zoo FILE or --onnx MODEL");
  for (Case& one : cases) {
    if (!options.layouts.empty()) one.layouts = bench::parse_layouts("--layouts", options.layouts);
    if (!options.threads.empty()) one.threads = bench::parse_threads("--threads", options.threads);
  }
  return cases;
}

std::string row_title(const Layer& layer, bench::Layouts layouts, int threads) {
  const std::string where = bench::to_text(layouts) + ", " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
  const std::string shape = bench::to_text(layer);
  const size_t room = kColumns - where.size() - 1;
  // A problem string says what its shape says: one of the two is enough.
  if (layer.name.find(' ') != std::string::npos) return cut(shape, room) + " " + where + "\n";
  const size_t for_name = std::max<size_t>(room, shape.size() + 12) - shape.size() - 2;
  const std::string name = layer.name.size() > for_name ? cut(layer.name, for_name) : layer.name;
  return cut(name + "  " + shape, room) + " " + where + "\n";
}

}  // namespace deconv::tool
