// SPDX-License-Identifier: Apache-2.0
#include "selection.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace deconv::bench {
namespace {

std::vector<std::string> algorithm_names(const std::string& backend) {
  std::vector<std::string> names;
  for (int32_t i = 0; i < deconv_algorithm_count(backend.c_str()); ++i) names.emplace_back(deconv_algorithm_name(backend.c_str(), i));
  return names;
}

Variant strict_variant(const std::string& backend) { return {backend + ":strict", backend, "", DECONV_ACCURACY_STRICT}; }

Variant forced_variant(const std::string& backend, const std::string& algorithm) { return {backend + ":" + algorithm, backend, algorithm}; }

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Appends what one entry stands for.
void add_variant(const std::string& flag, const std::string& entry, std::vector<Variant>& variants) {
  const size_t colon = entry.find(':');
  const std::string backend = entry.substr(0, colon);
  if (!contains(backend_names(), backend))
    throw std::runtime_error(flag + ": no backend \"" + backend + "\" in this library, which has " + join(backend_names()));
  if (colon == std::string::npos) return variants.push_back({backend, backend, ""});
  const std::string way = entry.substr(colon + 1);
  const std::vector<std::string> algorithms = algorithm_names(backend);
  if (way == "strict") return variants.push_back(strict_variant(backend));
  if (way == "all") {
    for (const std::string& algorithm : algorithms) variants.push_back(forced_variant(backend, algorithm));
    return;
  }
  if (!contains(algorithms, way))
    throw std::runtime_error(flag + ": " + entry + ": neither strict, all nor an algorithm of " + backend + " (" + join(algorithms) + ")");
  variants.push_back(forced_variant(backend, way));
}

}  // namespace

std::vector<Variant> every_backend(bool strict_too) {
  std::vector<Variant> variants;
  for (const std::string& backend : backend_names()) {
    variants.push_back({backend, backend, "", DECONV_ACCURACY_DEFAULT, backend == "naive"});
    if (strict_too && !algorithm_names(backend).empty()) variants.push_back(strict_variant(backend));
  }
  return variants;
}

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (int32_t i = 0; i < deconv_backend_count(); ++i) names.emplace_back(deconv_backend_name(i));
  return names;
}

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

std::vector<Variant> parse_variants(const std::string& flag, const std::string& list) {
  if (list == "backends") return every_backend(false);
  std::vector<Variant> variants;
  for (const std::string& entry : split_list(flag, list)) add_variant(flag, entry, variants);
  return variants;
}

std::vector<Layouts> parse_layouts(const std::string& flag, const std::string& list) {
  std::vector<Layouts> layouts;
  for (const std::string& entry : split_list(flag, list)) {
    if (entry != "nchw" && entry != "nhwc") throw std::runtime_error(flag + ": \"" + entry + "\" is neither nchw nor nhwc");
    layouts.emplace_back(entry == "nchw" ? DECONV_CHANNELS_FIRST : DECONV_CHANNELS_LAST);
  }
  return layouts;
}

std::vector<int> parse_threads(const std::string& flag, const std::string& list) {
  std::vector<int> threads;
  for (const std::string& entry : split_list(flag, list)) {
    int count = 0;
    const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), count);
    if (error != std::errc() || end != entry.data() + entry.size() || count < 1 || count > 1024)
      throw std::runtime_error(flag + ": \"" + entry + "\" is not an integer in 1..1024");
    threads.push_back(count);
  }
  return threads;
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace deconv::bench
