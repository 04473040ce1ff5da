// SPDX-License-Identifier: Apache-2.0
// CPU quotas of control groups, read from made-up /proc and /sys.
#include "core/cpu_quota.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;

// A folder with the files of one machine; it goes with the object.
class Machine {
 public:
  explicit Machine(const std::string& groups) : root_(fs::temp_directory_path() / ("deconv_cpu_quota_" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    write("proc/self/cgroup", groups);
  }
  ~Machine() { fs::remove_all(root_); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  Machine& write(const std::string& name, const std::string& text) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
    return *this;
  }
  Machine& v1(const std::string& group, const std::string& quota, const std::string& period) {
    write("sys/fs/cgroup/cpu" + group + "/cpu.cfs_quota_us", quota);
    return write("sys/fs/cgroup/cpu" + group + "/cpu.cfs_period_us", period);
  }
  int quota() const { return deconv::cpu_quota(root_.c_str()); }

 private:
  fs::path root_;
};

}  // namespace

TEST_CASE("cpu quota: version 2, rounded up, the least of the groups above") {
  CHECK(Machine("0::/").quota() == 0);
  CHECK(Machine("0::/").write("sys/fs/cgroup/cpu.max", "max 100000").quota() == 0);
  CHECK(Machine("0::/").write("sys/fs/cgroup/cpu.max", "200000 100000").quota() == 2);
  CHECK(Machine("0::/").write("sys/fs/cgroup/cpu.max", "200001 100000").quota() == 3);
  CHECK(Machine("0::/").write("sys/fs/cgroup/cpu.max", "1000 100000").quota() == 1);
  Machine nested("0::/pod/box");
  nested.write("sys/fs/cgroup/pod/box/cpu.max", "800000 100000").write("sys/fs/cgroup/pod/cpu.max", "350000 100000");
  CHECK(nested.quota() == 4);
  nested.write("sys/fs/cgroup/pod/box/cpu.max", "max 100000");
  CHECK(nested.quota() == 4);
}

TEST_CASE("cpu quota: version 1, also where the group's name is that of the host") {
  CHECK(Machine("3:cpuset:/\n1:cpu,cpuacct:/").v1("", "-1", "100000").quota() == 0);
  CHECK(Machine("3:cpuset:/\n1:cpuacct,cpu:/").v1("", "150000", "100000").quota() == 2);
  CHECK(Machine("1:cpu:/docker/0123").v1("", "300000", "100000").quota() == 3);
  CHECK(Machine("1:cpu:/a/b").v1("/a", "500000", "100000").v1("", "-1", "100000").quota() == 5);
  CHECK(Machine("2:cpuacct:/\n1:cpuset:/").v1("", "100000", "100000").quota() == 0);  // no group of the cpu controller
}

TEST_CASE("cpu quota: files that are missing or hold something else are no limit") {
  CHECK(deconv::cpu_quota("/nonexistent") == 0);
  CHECK(Machine("").quota() == 0);
  CHECK(Machine("0").quota() == 0);
  CHECK(Machine("0::relative").write("sys/fs/cgroup/cpu.max", "100000 100000").quota() == 0);
  for (const char* text : {"", "100000", "words here", "0 100000", "-5 100000", "100000 0", "100000 -1"})
    CHECK(Machine("0::/").write("sys/fs/cgroup/cpu.max", text).quota() == 0);
  CHECK(Machine("0::/").write("sys/fs/cgroup/cpu.max", "9223372036854775807 1").quota() == 1 << 20);
  CHECK(Machine("0::/" + std::string(5000, 'x')).write("sys/fs/cgroup/cpu.max", "100000 100000").quota() == 0);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "/group";
  CHECK(Machine("0::" + deep).write("sys/fs/cgroup/cpu.max", "200000 100000").quota() == 2);
}
