// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace deconv::bench {
namespace {

constexpr int kMaxWidth = 120;
constexpr int kMsWidth = 10, kRateWidth = 8, kBoundWidth = 7, kRatioWidth = 9;

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
std::string
format(const char* pattern, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof(text), pattern, arguments);
  va_end(arguments);
  return text;
}

std::string milliseconds(double ms) { return format("%*.*f", kMsWidth, ms < 10 ? 3 : ms < 100 ? 2 : 1, ms); }

// A mean over layers of products of ratios.
struct GeometricMean {
  double logs = 0;
  int count = 0;

  void add(double value) {
    logs += std::log(value);
    ++count;
  }
  double value() const { return std::exp(logs / count); }
};

template <class T>
void append_once(std::vector<T>& list, const T& item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

// One layout and thread count.
struct Group {
  Layouts layout;
  int threads;
  bool operator==(const Group& other) const { return layout == other.layout && threads == other.threads; }
};

class Table {
 public:
  Table(const std::vector<RowSpec>& rows, const std::map<std::string, Result>& results) : results_(results) {
    for (const RowSpec& row : rows) {
      append_once(groups_, {row.layout, row.threads});
      append_once(variants_, row.variant.name);
      append_once(layers_, row.layer.name);
      shapes_[row.layer.name] = to_text(row.layer);
      name_width_ = std::max(name_width_, static_cast<int>(row.layer.name.size()));
      shape_width_ = std::max(shape_width_, static_cast<int>(shapes_[row.layer.name].size()));
    }
    if (variants_.size() > 1) rival_ = variants_[1];
    for (const std::string& variant : variants_) {
      if (variant == "onednn" && variant != variants_[0]) rival_ = variant;
    }
    rates_ = width(kMsWidth + kRateWidth) <= kMaxWidth;
  }

  std::string text() const {
    std::string all = header();
    for (const Group& group : groups_) all += group_text(group);
    all += "bound: time that the roofline allows, in % of " + variants_[0] + "'s";
    if (!rival_.empty()) all += "; speed-up: time of " + rival_ + " / time of " + variants_[0];
    return all + "\n";
  }

 private:
  int width(int per_variant) const {
    return name_width_ + 2 + shape_width_ + per_variant * static_cast<int>(variants_.size()) + kBoundWidth +
           (rival_.empty() ? 0 : kRatioWidth);
  }
  int variant_width() const { return kMsWidth + (rates_ ? kRateWidth : 0); }

  const Result* find(const std::string& variant, const Group& group, const std::string& layer) const {
    const auto found = results_.find(variant + "/" + bench::to_text(group.layout) + "/t" + std::to_string(group.threads) + "/" + layer);
    return found == results_.end() ? nullptr : &found->second;
  }

  // ":strict" where "highway:strict" is too wide for its column.
  std::string short_name(const std::string& variant) const {
    const size_t colon = variant.find(':');
    return colon == std::string::npos || static_cast<int>(variant.size()) < variant_width() ? variant : variant.substr(colon);
  }

  std::string header() const {
    std::string first = format("%*s", name_width_ + 2 + shape_width_, ""),
                second = format("%-*s  %-*s", name_width_, "layer", shape_width_, "shape");
    for (const std::string& variant : variants_) {
      first += format(" %*.*s", variant_width() - 1, variant_width() - 1, short_name(variant).c_str());
      second += format("%*s", kMsWidth, "ms");
      if (rates_) second += format("%*s", kRateWidth, "GFLOP/s");
    }
    second += format("%*s", kBoundWidth, "bound");
    if (!rival_.empty()) {
      first += format("%*s", kBoundWidth + kRatioWidth, "speed-up");
      second += format("%*s", kRatioWidth, ("/" + rival_.substr(0, kRatioWidth - 2)).c_str());
    }
    return first + "\n" + second + "\n";
  }

  static const char* short_error(const std::string& error) {
    return error.rfind("wrong", 0) == 0 ? "WRONG" : error.rfind("cut short", 0) == 0 ? ">3x" : "skipped";
  }

  std::string cell(const Result* result) const {
    if (result == nullptr) return format("%*s", variant_width(), "-");
    if (!result->error.empty()) return format("%*s", variant_width(), short_error(result->error));
    return milliseconds(result->ms) + (rates_ ? format("%*.1f", kRateWidth, result->gflops) : "");
  }

  static bool timed(const Result* result) { return result != nullptr && result->error.empty(); }

  std::string line(const Group& group, const std::string& layer) const {
    std::string text = format("%-*s  %-*s", name_width_, layer.c_str(), shape_width_, shapes_.at(layer).c_str());
    for (const std::string& variant : variants_) text += cell(find(variant, group, layer));
    const Result* first = find(variants_[0], group, layer);
    text += timed(first) ? format("%*.0f%%", kBoundWidth - 1, first->percent_of_bound) : format("%*s", kBoundWidth, "");
    const Result* rival = rival_.empty() ? nullptr : find(rival_, group, layer);
    if (timed(first) && timed(rival)) text += format("%*.2fx", kRatioWidth - 1, rival->ms / first->ms);
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }

  std::string group_text(const Group& group) const {
    const std::string title = format("%s, %d thread%s ", bench::to_text(group.layout).c_str(), group.threads, group.threads == 1 ? "" : "s");
    std::string text =
        "-- " + title + std::string(std::max<int>(0, width(variant_width()) - 3 - static_cast<int>(title.size())), '-') + "\n";
    for (const std::string& layer : layers_) text += line(group, layer);
    return text + summary(group);
  }

  // Geometric means over the layers that both have, and every layer where the first variant is behind.
  std::string summary(const Group& group) const {
    if (rival_.empty()) return {};
    GeometricMean ratio;
    std::vector<std::pair<double, std::string>> behind;
    for (const std::string& layer : layers_) {
      const Result *first = find(variants_[0], group, layer), *rival = find(rival_, group, layer);
      if (!timed(first) || !timed(rival)) continue;
      const double speedup = rival->ms / first->ms;
      ratio.add(speedup);
      if (speedup < 1) behind.emplace_back(speedup, layer);
    }
    if (ratio.count == 0) return {};
    return format("geometric mean of %s over %s: %.2fx on %d layers; slower on %zu%s\n", variants_[0].c_str(), rival_.c_str(),
                  ratio.value(), ratio.count, behind.size(), behind.empty() ? "" : ":") +
           list_worst_first(behind);
  }

  static std::string list_worst_first(std::vector<std::pair<double, std::string>> items) {
    std::sort(items.begin(), items.end());
    std::string text, line;
    for (const auto& [speedup, layer] : items) {
      const std::string item = format("  %s %.2fx", layer.c_str(), speedup);
      if (!line.empty() && line.size() + item.size() > kMaxWidth) {
        text += line + "\n";
        line.clear();
      }
      line += item;
    }
    return line.empty() ? text : text + line + "\n";
  }

  const std::map<std::string, Result>& results_;
  std::vector<Group> groups_;
  std::vector<std::string> variants_, layers_;
  std::map<std::string, std::string> shapes_;
  std::string rival_;
  int name_width_ = 5, shape_width_ = 5;
  bool rates_ = true;
};

}  // namespace

std::string format_table(const std::vector<RowSpec>& rows, const std::map<std::string, Result>& results) {
  return rows.empty() ? "" : Table(rows, results).text();
}

}  // namespace deconv::bench
