// SPDX-License-Identifier: Apache-2.0
// What a container may use of the machine's CPUs, which no affinity mask tells.
#pragma once

namespace deconv {

// CPUs that the quota of this process's control groups (Linux, v1 and v2) amounts to, rounded up; 0: there is none. Reads files below
// `root`,
// "" but in tests; allocates nothing by operator new.
int cpu_quota(const char* root) noexcept;

}  // namespace deconv
