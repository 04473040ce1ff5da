// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <cstdio>

#include "zoo.h"

namespace deconv::bench {
namespace {

// False: not one of ours.
bool apply(const std::string& name, const std::string& value, bool has_value, const std::string& directory, Options& options) {
  if (!has_value) {
    if (name == "--headline") {
      options.layers = read_names(directory + "/headline.txt");
    } else if (name == "--skip-slow") {
      options.skip_slow = true;
    } else {
      return false;
    }
    return true;
  }
  if (name == "--zoo") {
    options.zoo = value;
  } else if (name == "--layers") {
    options.layers = split_list(name, value);
  } else if (name == "--variants") {
    options.variants = parse_variants(name, value);
  } else if (name == "--layouts") {
    options.layouts = parse_layouts(name, value);
  } else if (name == "--threads") {
    options.threads = parse_threads(name, value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

Options parse_options(int& argc, char** argv, const std::string& directory) {
  Options options;
  options.zoo = directory + "/zoo.csv";
  options.variants = every_backend(true);
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    const bool has_value = equals != std::string::npos;
    const std::string name = argument.substr(0, equals), value = has_value ? argument.substr(equals + 1) : "";
    if (apply(name, value, has_value, directory, options)) continue;
    if (name == "--benchmark_format") options.google_format = true;
    if (name == "--benchmark_list_tests") options.list_only = value != "false" && value != "0";
    argv[kept++] = argv[i];
  }
  argv[argc = kept] = nullptr;
  if (options.skip_slow) {
    for (Variant& variant : options.variants) variant.small_only |= variant.backend == "naive";
  }
  return options;
}

void print_own_help() {
  std::printf(
      "deconv_bench: transposed convolution layers of real models on every backend\n"
      "          [--zoo=FILE]           layers as CSV (default: benchmarks/zoo.csv)\n"
      "          [--layers=A,B,...]     only these, in this order\n"
      "          [--headline]           only those of benchmarks/headline.txt\n"
      "          [--variants=V,...]     BACKEND, BACKEND:strict, BACKEND:ALGORITHM or BACKEND:all (each algorithm forced)\n"
      "          [--variants=backends]  every backend as it chooses, naive only on small layers\n"
      "                                 (default: the same, and strict where a backend has a choice)\n"
      "          [--layouts=nchw,nhwc]  channels first, channels last, at every rank (default: both)\n"
      "          [--threads=N,...]      (default: 1)\n"
      "          [--skip-slow]          leave out rows whose single run takes over a second\n"
      "Backends in this library: %s\n"
      "Defaults of the flags below: --benchmark_min_time=0.05 --benchmark_repetitions=5\n",
      join(backend_names()).c_str());
}

}  // namespace deconv::bench
