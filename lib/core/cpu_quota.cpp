// SPDX-License-Identifier: Apache-2.0
#include "core/cpu_quota.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace deconv {
namespace {

constexpr size_t kLongestPath = 4096;

class File {
 public:
  File(const char* folder, const char* name) {
    char path[kLongestPath];
    const int length = std::snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (length > 0 && static_cast<size_t>(length) < sizeof(path)) file_ = std::fopen(path, "re");
  }
  ~File() {
    if (file_ != nullptr) std::fclose(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // The next line without its end; false where there is none.
  bool line(char* text, size_t size) {
    if (file_ == nullptr || std::fgets(text, static_cast<int>(size), file_) == nullptr) return false;
    text[std::strcspn(text, "\n")] = '\0';
    return true;
  }

 private:
  std::FILE* file_ = nullptr;
};

// 0 ("no limit") for what is no number or not positive: "max", -1.
int cpus(const char* quota_text, const char* period_text) {
  constexpr long long kMost = 1 << 20;  // more CPUs than any machine has
  const long long quota = std::atoll(quota_text), period = std::atoll(period_text);
  if (quota <= 0 || period <= 0) return 0;
  return static_cast<int>(std::min(kMost, (quota - 1) / period + 1));
}

// cpu.max is "200000 100000" or "max 100000".
int quota_v2(const char* folder) {
  char text[64];
  if (!File(folder, "cpu.max").line(text, sizeof(text))) return 0;
  const char* const space = std::strchr(text, ' ');
  return space == nullptr ? 0 : cpus(text, space + 1);
}

int quota_v1(const char* folder) {
  char quota[64], period[64];
  if (!File(folder, "cpu.cfs_quota_us").line(quota, sizeof(quota)) || !File(folder, "cpu.cfs_period_us").line(period, sizeof(period)))
    return 0;
  return cpus(quota, period);
}

int smaller(int a, int b) { return a == 0 ? b : b == 0 ? a : std::min(a, b); }

// The least quota of mount/group and the groups above it. A container may see its own group at the mount, and its name from outside:
// folders that do not exist are passed over.
template <class Quota>
int least_quota(const char* root, const char* mount, const char* group, const Quota& quota) {
  char folder[kLongestPath];
  const int length = std::snprintf(folder, sizeof(folder), "%s%s%s", root, mount, group);
  if (length < 0 || static_cast<size_t>(length) >= sizeof(folder)) return 0;
  const size_t top = std::strlen(root) + std::strlen(mount);
  int least = quota(folder);
  while (std::strlen(folder) > top) {
    *std::strrchr(folder, '/') = '\0';
    least = smaller(least, quota(folder));
  }
  return least;
}

// "cpu" in a list like "cpu,cpuacct".
bool lists_cpu(const char* controllers, size_t length) {
  for (const char* end = controllers + length; controllers < end; ++controllers) {
    const size_t word = std::min(std::strcspn(controllers, ","), static_cast<size_t>(end - controllers));
    if (word == 3 && std::strncmp(controllers, "cpu", 3) == 0) return true;
    controllers += word;
  }
  return false;
}

}  // namespace

int cpu_quota(const char* root) noexcept {
  char folder[kLongestPath], text[kLongestPath];
  if (std::snprintf(folder, sizeof(folder), "%s/proc/self", root) >= static_cast<int>(sizeof(folder))) return 0;
  int least = 0;
  for (File groups(folder, "cgroup"); groups.line(text, sizeof(text));) {  // "4:cpu,cpuacct:/a/b", v2: "0::/a/b"
    const char* const controllers = std::strchr(text, ':');
    const char* const group = controllers == nullptr ? nullptr : std::strchr(controllers + 1, ':');
    if (group == nullptr || group[1] != '/') continue;
    const auto length = static_cast<size_t>(group - controllers - 1);
    if (length == 0) least = smaller(least, least_quota(root, "/sys/fs/cgroup", group + 1, quota_v2));
    if (lists_cpu(controllers + 1, length)) least = smaller(least, least_quota(root, "/sys/fs/cgroup/cpu", group + 1, quota_v1));
  }
  return least;
}

}  // namespace deconv
