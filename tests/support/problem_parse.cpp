// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "support/problem.h"
#include "support/problem_words.h"

namespace deconv_test {
namespace {

[[noreturn]] void bad_word(const std::string& word, const std::string& why) {
  throw std::invalid_argument("problem word '" + word + "': " + why);
}

int64_t parse_integer(const std::string& text, const std::string& word) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) bad_word(word, "'" + text + "' does not fit 64 bits");
  if (error != std::errc() || rest != end) bad_word(word, "'" + text + "' is not an integer");
  return value;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<float> parse_floats(const std::string& text, size_t count, const std::string& word) {
  const auto parts = split(text, ',');
  if (text.empty() || parts.size() != count) bad_word(word, "needs " + std::to_string(count) + " number(s) after the colon");
  std::vector<float> values;
  for (const auto& part : parts) {
    char* end = nullptr;
    values.push_back(std::strtof(part.c_str(), &end));
    if (part.empty() || *end != '\0') bad_word(word, "'" + part + "' is not a number");
  }
  return values;
}

deconv_layout parse_layout(const std::string& value, const std::string& word) {
  if (value == "nchw") return DECONV_CHANNELS_FIRST;
  if (value == "nhwc") return DECONV_CHANNELS_LAST;
  bad_word(word, "layouts are nchw and nhwc (for every rank)");
}

class Parser {
 public:
  explicit Parser(const std::string& text) {
    std::istringstream stream(text);
    std::string word;
    while (stream >> word) parse_word(word);
    if (!seen_.count("rank")) throw std::invalid_argument("problem '" + text + "': the first word must be d1, d2 or d3");
    for (const char* required : {"ic", "oc", "ih", "k"})
      if (!seen_.count(required)) throw std::invalid_argument("problem '" + text + "': missing word '" + required + "'");
  }
  const Problem& problem() const { return problem_; }

 private:
  void parse_word(const std::string& word) {
    if (!seen_.count("rank")) return parse_rank(word);
    if (parse_option(word) || parse_activation(word) || parse_numbers(word)) return;
    bad_word(word, "unknown");
  }

  void once(const std::string& key, const std::string& word) {
    if (!seen_.insert(key).second) bad_word(word, "'" + key + "' is given twice");
  }

  void parse_rank(const std::string& word) {
    if (word != "d1" && word != "d2" && word != "d3") bad_word(word, "the first word must be d1, d2 or d3 (the rank)");
    once("rank", word);
    problem_.rank = word[1] - '0';
  }

  bool parse_option(const std::string& word) {
    const size_t colon = word.find(':');
    const std::string key = word.substr(0, colon), value = colon == std::string::npos ? "" : word.substr(colon + 1);
    if (word == "bias")
      problem_.bias = true;
    else if (word == "scale")
      problem_.scale = true;
    else if (word == "residual")
      problem_.residual = true;
    else if (word == "inplace")
      problem_.residual = problem_.inplace = true;
    else if (word == "strict")
      problem_.strict = true;
    else if (key == "layout")
      problem_.src_layout = problem_.dst_layout = parse_layout(value, word);
    else if (key == "src")
      problem_.src_layout = parse_layout(value, word);
    else if (key == "dst")
      problem_.dst_layout = parse_layout(value, word);
    else if (key == "w")
      parse_weights_layout(value, word);
    else if (key == "form")
      parse_form(value, word);
    else
      return false;
    once(key, word);
    return true;
  }

  void parse_weights_layout(const std::string& value, const std::string& word) {
    for (const auto& entry : kWeightsWords) {
      if (value == entry.word) {
        problem_.weights_layout = entry.layout;
        return;
      }
    }
    bad_word(word, "weights layouts are io, oi, hwoi and ohwi");
  }

  void parse_form(const std::string& value, const std::string& word) {
    if (value != "transposed" && value != "correlation") bad_word(word, "forms are transposed and correlation");
    problem_.weights_form = value == "correlation" ? DECONV_FORM_CORRELATION : DECONV_FORM_TRANSPOSED;
  }

  bool parse_activation(const std::string& word) {
    const size_t colon = word.find(':');
    for (const auto& entry : kActivationWords) {
      if (word.substr(0, colon) != entry.word) continue;
      if (entry.numbers == 0 && colon != std::string::npos) bad_word(word, "takes no number");
      if (entry.numbers != 0) {
        const auto values = parse_floats(colon == std::string::npos ? "" : word.substr(colon + 1), entry.numbers, word);
        (entry.numbers == 2 ? problem_.clamp_min : problem_.alpha) = values[0];
        if (entry.numbers == 2) problem_.clamp_max = values[1];
      }
      once("activation", word);
      problem_.activation = entry.activation;
      return true;
    }
    return false;
  }

  bool parse_numbers(const std::string& word) {
    size_t digits = 0;
    while (digits < word.size() && std::isalpha(static_cast<unsigned char>(word[digits]))) ++digits;
    const std::string key = word.substr(0, digits), value = word.substr(digits);
    int64_t* scalar = key == "n"    ? &problem_.batch
                      : key == "g"  ? &problem_.groups
                      : key == "ic" ? &problem_.in_channels
                      : key == "oc" ? &problem_.out_channels
                                    : nullptr;
    Axes* axes = key == "ih"   ? &problem_.in
                 : key == "k"  ? &problem_.kernel
                 : key == "s"  ? &problem_.stride
                 : key == "d"  ? &problem_.dilation
                 : key == "pb" ? &problem_.pad_begin
                 : key == "pe" ? &problem_.pad_end
                 : key == "op" ? &problem_.output_padding
                               : nullptr;
    if (scalar == nullptr && axes == nullptr && key != "t") return false;
    once(key, word);
    if (scalar != nullptr) *scalar = parse_integer(value, word);
    if (key == "t") parse_threads(value, word);
    if (axes == nullptr) return true;
    const auto parts = split(value, 'x');
    if (parts.size() != static_cast<size_t>(problem_.rank)) bad_word(word, "needs one number per axis, joined by x");
    for (int axis = 0; axis < problem_.rank; ++axis) (*axes)[axis] = parse_integer(parts[axis], word);
    return true;
  }

  void parse_threads(const std::string& value, const std::string& word) {
    const int64_t threads = parse_integer(value, word);
    if (threads < 0 || threads > std::numeric_limits<int32_t>::max()) bad_word(word, "threads are a number of 31 bits");
    problem_.threads = static_cast<int>(threads);
  }

  Problem problem_;
  std::set<std::string> seen_;
};

}  // namespace

Problem parse_problem(const std::string& text) { return Parser(text).problem(); }

}  // namespace deconv_test
