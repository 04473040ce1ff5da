// SPDX-License-Identifier: Apache-2.0
// Text to the parsers of problem strings and of both readers of zoo files: a result that survives being written and read again, or the
// exception that is documented. The first byte chooses.
#include <sstream>
#include <stdexcept>

#include "fuzz/archive.h"
#include "fuzz/patience.h"
#include "fuzz/require.h"
#include "measure/zoo.h"
#include "support/problem.h"
#include "support/zoo.h"

namespace deconv_fuzz {
namespace {

using deconv_test::Problem;

void parse_problem(const std::string& text) {
  Problem p;
  try {
    p = deconv_test::parse_problem(text);
  } catch (const std::invalid_argument& error) {
    require(std::string(error.what()).find("problem") == 0, "an error says that a problem is wrong");
    return;
  }
  deconv_test::legal(p);
  const std::string once = deconv_test::format_problem(p);
  require(deconv_test::format_problem(deconv_test::parse_problem(once)) == once, "a written problem is read as it was: " + once);
}

void load_zoo(const std::string& text) {
  std::istringstream file(text);
  try {
    for (const deconv_test::ZooRow& row : deconv_test::load_zoo(file)) deconv_test::legal(row.problem);
  } catch (const std::runtime_error& error) {
    require(std::string(error.what()).find("zoo: ") == 0, "an error says that the zoo is wrong");
  }
}

void read_zoo(const std::string& text) {
  std::istringstream file(text);
  try {
    for (const deconv::bench::Layer& layer : deconv::bench::read_zoo(file, "file")) require(!layer.name.empty(), "layers have names");
  } catch (const std::runtime_error& error) {
    require(std::string(error.what()).find("file:") == 0, "an error names the file");
  }
}

}  // namespace
}  // namespace deconv_fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  deconv_fuzz::be_patient();
  uint8_t parser = 0;
  std::string text;
  deconv_fuzz::Reader reader(data, size);
  reader(parser);
  reader(text);
  switch (parser % 3) {
    case 0:
      deconv_fuzz::parse_problem(text);
      break;
    case 1:
      deconv_fuzz::load_zoo(text);
      break;
    default:
      deconv_fuzz::read_zoo(text);
  }
  return 0;
}
