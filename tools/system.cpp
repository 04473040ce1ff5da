// SPDX-License-Identifier: Apache-2.0
#include "system.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace deconv::tool {
namespace {

#if defined(__linux__)
std::string first_word(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

// "48K", "2048K", "300M"
int64_t parse_size(const std::string& text) {
  const int64_t value = std::atoll(text.c_str());
  const char unit = text.empty() ? ' ' : text.back();
  return unit == 'K' ? value << 10 : unit == 'M' ? value << 20 : unit == 'G' ? value << 30 : value;
}
#endif

}  // namespace

int cpu_count() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

std::vector<int> affinity() {
  std::vector<int> cpus;
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
#endif
  return cpus;
}

std::string affinity_text(const std::vector<int>& cpus) {
  std::string text;
  for (size_t i = 0; i < cpus.size();) {
    size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(cpus[i]);
    if (last > i) text += "-" + std::to_string(cpus[last]);
    i = last + 1;
  }
  return text;
}

std::vector<Cache> caches() {
  std::vector<Cache> found;
#if defined(__linux__)
  for (int index = 0; index < 8; ++index) {
    const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
    const std::string type = first_word(folder + "type"), level = first_word(folder + "level"), size = first_word(folder + "size");
    if (type.empty() || type == "Instruction") continue;
    found.push_back({"L" + level + (type == "Data" ? "d" : ""), parse_size(size)});
  }
#endif
  return found;
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> set;
  for (const char* name : {"DECONV_BACKEND", "DECONV_MAX_ISA", "DECONV_TUNING_FILE", "OMP_NUM_THREADS"}) {
    if (const char* value = std::getenv(name)) set[name] = value;
  }
  return set;
}

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "unknown";
#endif
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

std::string pinning_hint(int threads) {
  const std::vector<int> cpus = affinity();
  if (static_cast<int>(cpus.size()) <= threads) return {};
  const std::vector<int> some(cpus.begin(), cpus.begin() + threads);
  return std::to_string(threads) + (threads == 1 ? " thread" : " threads") + " may wander over " + std::to_string(cpus.size()) +
         " CPUs: figures repeat better under `taskset -c " + affinity_text(some) + " deconv ...`";
}

}  // namespace deconv::tool
