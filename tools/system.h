// SPDX-License-Identifier: Apache-2.0
// What the operating system tells of the machine, as far as figures depend on it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace deconv::tool {

int cpu_count();

// Numbers of the CPUs that this process may use; empty where the system does not tell.
std::vector<int> affinity();
std::string affinity_text(const std::vector<int>& cpus);  // "0-3,8"

struct Cache {
  std::string name;  // "L1d", "L2"
  int64_t bytes;
};
std::vector<Cache> caches();  // of the first CPU, from the smallest; empty where the system does not tell

// Those variables that change what the library does and are set.
std::map<std::string, std::string> environment();

std::string compiler();

std::string utc_now();  // "2026-11-26T15:04:05Z"

// How threads are kept in their places, where they may move: "" or a sentence naming the command.
std::string pinning_hint(int threads);

}  // namespace deconv::tool
