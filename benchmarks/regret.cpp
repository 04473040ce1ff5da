// SPDX-License-Identifier: Apache-2.0
#include "regret.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace deconv::bench {
namespace {

// Timings repeat within a few per cent.
constexpr double kWorthMentioning = 1.05;

using Samples = std::map<std::string, std::vector<double>>;  // by algorithm

void append(const Timings::Entry& entry, Samples& samples) {
  std::vector<double>& all = samples[entry.algorithm];
  all.insert(all.end(), entry.seconds.begin(), entry.seconds.end());
}

std::string line(const Regret& regret) {
  char text[240];
  std::snprintf(text, sizeof(text), "  %.2f %s/%s/t%d: %s instead of %s\n", regret.value, regret.layer.c_str(), to_text(regret.layout).c_str(),
                regret.threads, regret.chosen.c_str(), regret.best.c_str());
  return text;
}

std::string format_backend(const std::string& backend, std::vector<Regret> regrets) {
  std::sort(regrets.begin(), regrets.end(), [](const Regret& a, const Regret& b) { return a.value > b.value; });
  double logs = 0;
  for (const Regret& regret : regrets) logs += std::log(regret.value);
  char text[200];
  std::snprintf(text, sizeof(text),
                "regret of %s's choice against the best algorithm forced: geometric mean %.3f, worst %.2f, %zu choices\n", backend.c_str(),
                std::exp(logs / static_cast<double>(regrets.size())), regrets.front().value, regrets.size());
  std::string all = text;
  for (const Regret& regret : regrets) {
    if (regret.value > kWorthMentioning) all += line(regret);
  }
  return all;
}

}  // namespace

std::string choice_of(const RowSpec& forced) {
  RowSpec choice = forced;
  choice.variant = {forced.variant.backend, forced.variant.backend, ""};
  return choice.name();
}

std::vector<Regret> regrets(const std::vector<RowSpec>& rows, const Timings& timings) {
  std::vector<Regret> result;
  std::map<std::string, Samples> forced;  // by choice
  for (const RowSpec& row : rows) {
    const Timings::Entry* entry = row.variant.algorithm.empty() ? nullptr : timings.find(row.name());
    if (entry != nullptr) append(*entry, forced[choice_of(row)]);
  }
  for (const RowSpec& row : rows) {
    const auto found = forced.find(row.name());
    const Timings::Entry* choice = timings.find(row.name());
    if (found == forced.end() || choice == nullptr) continue;
    Samples samples = found->second;
    append(*choice, samples);
    const double chosen = median(samples[choice->algorithm]);
    Regret regret{row.variant.backend, row.layer.name, choice->algorithm, choice->algorithm, row.layout, row.threads, 1};
    for (const auto& [algorithm, seconds] : samples) {
      if (chosen / median(seconds) <= regret.value) continue;
      regret.value = chosen / median(seconds);
      regret.best = algorithm;
    }
    result.push_back(regret);
  }
  return result;
}

std::string format_regrets(const std::vector<Regret>& regrets) {
  std::map<std::string, std::vector<Regret>> by_backend;
  for (const Regret& regret : regrets) by_backend[regret.backend].push_back(regret);
  std::string text;
  for (const auto& [backend, list] : by_backend) text += format_backend(backend, list);
  return text;
}

}  // namespace deconv::bench
