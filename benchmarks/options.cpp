// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include "zoo.h"

namespace deconv::bench {
namespace {

std::vector<std::string> split_list(const std::string& flag, const std::string& list) {
  std::vector<std::string> items;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    if (end == begin) throw std::runtime_error(flag + "=" + list + ": an empty entry");
    items.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return items;
}

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (int32_t i = 0; i < deconv_backend_count(); ++i) names.emplace_back(deconv_backend_name(i));
  return names;
}

std::vector<std::string> algorithm_names(const std::string& backend) {
  std::vector<std::string> names;
  for (int32_t i = 0; i < deconv_algorithm_count(backend.c_str()); ++i) names.emplace_back(deconv_algorithm_name(backend.c_str(), i));
  return names;
}

Variant strict_variant(const std::string& backend) { return {backend + ":strict", backend, "", DECONV_ACCURACY_STRICT}; }

Variant forced_variant(const std::string& backend, const std::string& algorithm) { return {backend + ":" + algorithm, backend, algorithm}; }

bool contains(const std::vector<std::string>& names, const std::string& name) {
  for (const std::string& n : names) {
    if (n == name) return true;
  }
  return false;
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// Appends what one entry of --variants stands for.
void add_variant(const std::string& entry, std::vector<Variant>& variants) {
  const size_t colon = entry.find(':');
  const std::string backend = entry.substr(0, colon);
  if (!contains(backend_names(), backend))
    throw std::runtime_error("--variants: no backend \"" + backend + "\" in this library, which has " + join(backend_names()));
  if (colon == std::string::npos) return variants.push_back({backend, backend, ""});
  const std::string way = entry.substr(colon + 1);
  const std::vector<std::string> algorithms = algorithm_names(backend);
  if (way == "strict") return variants.push_back(strict_variant(backend));
  if (way == "all") {
    for (const std::string& algorithm : algorithms) variants.push_back(forced_variant(backend, algorithm));
    return;
  }
  if (!contains(algorithms, way))
    throw std::runtime_error("--variants: " + entry + ": neither strict, all nor an algorithm of " + backend + " (" + join(algorithms) +
                             ")");
  variants.push_back(forced_variant(backend, way));
}

// Every backend as it chooses and, if asked for, strictly where it has a choice. The plain loops would take hours on the large layers.
std::vector<Variant> every_backend(bool strict_too) {
  std::vector<Variant> variants;
  for (const std::string& backend : backend_names()) {
    variants.push_back({backend, backend, "", DECONV_ACCURACY_DEFAULT, backend == "naive"});
    if (strict_too && !algorithm_names(backend).empty()) variants.push_back(strict_variant(backend));
  }
  return variants;
}

std::vector<Variant> parse_variants(const std::string& list) {
  if (list == "backends") return every_backend(false);
  std::vector<Variant> variants;
  for (const std::string& entry : split_list("--variants", list)) add_variant(entry, variants);
  return variants;
}

std::vector<int> parse_threads(const std::string& list) {
  std::vector<int> threads;
  for (const std::string& entry : split_list("--threads", list)) {
    int count = 0;
    const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), count);
    if (error != std::errc() || end != entry.data() + entry.size() || count < 1 || count > 1024)
      throw std::runtime_error("--threads: \"" + entry + "\" is not an integer in 1..1024");
    threads.push_back(count);
  }
  return threads;
}

std::vector<deconv_layout> parse_layouts(const std::string& list) {
  std::vector<deconv_layout> layouts;
  for (const std::string& entry : split_list("--layouts", list)) {
    if (entry != "nchw" && entry != "nhwc") throw std::runtime_error("--layouts: \"" + entry + "\" is neither nchw nor nhwc");
    layouts.push_back(entry == "nchw" ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST);
  }
  return layouts;
}

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
    options.variants = parse_variants(value);
  } else if (name == "--layouts") {
    options.layouts = parse_layouts(value);
  } else if (name == "--threads") {
    options.threads = parse_threads(value);
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

const char* to_text(deconv_layout layout) { return layout == DECONV_CHANNELS_FIRST ? "nchw" : "nhwc"; }

}  // namespace deconv::bench
