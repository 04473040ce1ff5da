// SPDX-License-Identifier: Apache-2.0
#include "core/tuning_text.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/cpu_model.h"
#include "core/error.h"
#include "core/immortal.h"

namespace deconv {
namespace {

constexpr std::string_view kMagic = "deconv-tuning ";
constexpr std::string_view kFormat = "1";
constexpr size_t kLongestProblem = 700;  // 27 numbers of 19 digits, and words
constexpr size_t kLongestLabel = 64;
constexpr int64_t kLongestRun = 1'000'000'000'000'000;  // eleven days

[[noreturn]] void refuse(const std::string& reason) { throw Error(DECONV_UNSUPPORTED, "%s", reason.c_str()); }

// For messages: what stands in the file is not ours.
std::string quoted(std::string_view text) {
  std::string result = "\"" + std::string(text.substr(0, 60)) + "\"";
  std::replace_if(result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

// What stands before `end`, which is taken off with it. All of the text, where it does not occur.
std::string_view take(std::string_view* text, std::string_view end) {
  const size_t at = text->find(end);
  const std::string_view taken = text->substr(0, at);
  text->remove_prefix(at == std::string_view::npos ? text->size() : at + end.size());
  return taken;
}

bool is_problem(std::string_view text) {
  const auto printable = [](char c) { return c >= ' ' && c <= '~' && c != '='; };
  return !text.empty() && text.size() <= kLongestProblem && text.front() == 'd' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), printable);
}

bool is_label(std::string_view text) {
  const auto of_name = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '/'; };
  return !text.empty() && text.size() <= kLongestLabel && std::all_of(text.begin(), text.end(), of_name);
}

bool read_nanoseconds(std::string_view text, int64_t* value) {
  if (text.size() < 3 || text.substr(text.size() - 2) != "ns") return false;
  const std::string digits(text.substr(0, text.size() - 2));
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, *value);
  return error == std::errc() && rest == end && *value >= 1 && *value <= kLongestRun;
}

bool is_time(std::string_view text) {
  constexpr std::string_view kPattern = "0000-00-00T00:00:00Z";
  return text.size() == kPattern.size() && std::equal(text.begin(), text.end(), kPattern.begin(), [](char c, char pattern) {
           return pattern == '0' ? c >= '0' && c <= '9' : c == pattern;
         });
}

bool read_line(std::string_view line, TuningRecords* records) {
  const std::string problem(take(&line, " = "));
  TuningRecord record;
  record.chosen = take(&line, " ");
  const bool time = read_nanoseconds(take(&line, " "), &record.nanoseconds);
  record.untuned = take(&line, " ");
  const bool untuned_time = read_nanoseconds(take(&line, " "), &record.untuned_nanoseconds);
  record.measured = line;
  if (!time || !untuned_time || !is_problem(problem) || !is_label(record.chosen) || !is_label(record.untuned) ||
      !is_time(record.measured)) {
    return false;
  }
  merge({{problem, record}}, records);
  return true;
}

// The line that says whose measurements follow.
void check_owner(std::string_view line, const TuningOwner& owner) {
  line.remove_prefix(kMagic.size());
  const std::string_view format = take(&line, " "), library = take(&line, " ");
  if (format != kFormat) refuse("it has format " + quoted(format) + ", and this library reads " + std::string(kFormat));
  if (library != owner.library) refuse("it was measured with version " + quoted(library) + " of the library, and this is " + owner.library);
  if (line != owner.cpu) refuse("it was measured on CPU " + quoted(line) + ", and this is " + quoted(owner.cpu));
}

}  // namespace

const TuningOwner& tuning_owner() {
  static const Immortal<const TuningOwner> owner(deconv_version(), cpu_model());
  return *owner;
}

bool is_tuning_text(std::string_view text) { return text.empty() || text.substr(0, kMagic.size()) == kMagic; }

TuningRecords parse_tuning(std::string_view text, const TuningOwner& owner) {
  TuningRecords records;
  if (text.empty()) return records;
  if (text.size() > kMostTuningBytes) refuse("it is longer than " + std::to_string(kMostTuningBytes) + " bytes");
  if (!is_tuning_text(text)) refuse("it is no tuning file: its first line is " + quoted(take(&text, "\n")));
  if (text.back() != '\n') refuse("its last line has no end");
  check_owner(take(&text, "\n"), owner);
  for (int number = 2; !text.empty(); ++number) {
    const std::string_view line = take(&text, "\n");
    if (line.substr(0, 1) != "#" && !read_line(line, &records))
      refuse("line " + std::to_string(number) + " is no measurement: " + quoted(line));
    if (records.size() > kMostTuningRecords) refuse("it has more than " + std::to_string(kMostTuningRecords) + " problems");
  }
  return records;
}

std::string format_tuning(const TuningRecords& records, const TuningOwner& owner) {
  std::vector<const TuningRecords::value_type*> latest;
  for (const auto& entry : records) latest.push_back(&entry);
  if (latest.size() > kMostTuningRecords) {
    std::sort(latest.begin(), latest.end(), [](const auto* a, const auto* b) { return a->second.measured > b->second.measured; });
    latest.resize(kMostTuningRecords);
    std::sort(latest.begin(), latest.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  }
  std::string text = std::string(kMagic) + std::string(kFormat) + " " + owner.library + " " + owner.cpu + "\n";
  text += "# problem = chosen, time, untuned choice, time, when\n";
  for (const auto* entry : latest) {
    const TuningRecord& r = entry->second;
    text += entry->first + " = " + r.chosen + " " + std::to_string(r.nanoseconds) + "ns " + r.untuned + " " +
            std::to_string(r.untuned_nanoseconds) + "ns " + r.measured + "\n";
  }
  return text;
}

}  // namespace deconv
