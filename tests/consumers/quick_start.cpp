// SPDX-License-Identifier: Apache-2.0
// A C++17 program that links deconv the way a user would, on every backend of the library. Exit code 0: every output is exact.
#include "quick_start.h"

#include <algorithm>
#include <cstdio>
#include <deconv/deconv.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

bool exact_on(const std::string& backend) {
  deconv::Params params(4, 2, {3, 3});                    // in channels, out channels, kernel
  params.set_stride({2, 2}).set_padding({0, 0}, {1, 1});  // begin, end
  params.weights_layout = DECONV_WEIGHTS_OI;
  params.weights_form = DECONV_FORM_CORRELATION;
  params.weights = kWeights;
  params.backend = backend.c_str();
  const deconv::Operator layer(params);
  const deconv::Plan plan = layer.plan({3, 3});
  std::vector<float> dst(plan.dst_elements());
  deconv::Workspace first(plan), workspace(std::move(first));  // what was moved from is empty, and of use again
  if (first.size() != 0 || first.data() != nullptr) return false;
  first.reserve(plan);
  plan.run(kSrc, dst.data(), first);
  plan.run(kSrc, dst.data(), workspace);
  std::printf("%s: %s\n", layer.backend(), plan.description());
  return std::equal(dst.begin(), dst.end(), std::begin(kExpected), std::end(kExpected));
}

}  // namespace

int main() try {
  const std::vector<std::string> backends = deconv::backends();
  return std::all_of(backends.begin(), backends.end(), exact_on) ? 0 : 1;
} catch (const deconv::Error& error) {
  std::fprintf(stderr, "%s: %s\n", deconv_status_name(error.status()), error.what());
  return 2;
}
