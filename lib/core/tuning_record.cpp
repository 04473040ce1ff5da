// SPDX-License-Identifier: Apache-2.0
#include "core/tuning_record.h"

#include <cstdio>
#include <utility>

namespace deconv {
namespace {

std::string duration(int64_t nanoseconds) {
  const auto ns = static_cast<double>(nanoseconds);
  char text[40];
  std::snprintf(text, sizeof(text), ns < 1e6 ? "%.4g us" : "%.4g ms", ns < 1e6 ? ns * 1e-3 : ns * 1e-6);
  return text;
}

}  // namespace

std::string TuningRecord::words() const {
  const std::string against =
      chosen == untuned ? "nothing was faster beyond noise" : "against " + duration(untuned_nanoseconds) + " of " + untuned;
  return "tuned: " + duration(nanoseconds) + ", " + against + ", measured " + measured;
}

void merge(TuningRecords more, TuningRecords* records) noexcept {
  while (!more.empty()) {
    auto node = more.extract(more.begin());
    const auto place = records->find(node.key());
    if (place == records->end()) {
      records->insert(std::move(node));
    } else if (place->second.measured <= node.mapped().measured) {
      place->second = std::move(node.mapped());
    }
  }
}

}  // namespace deconv
