// SPDX-License-Identifier: Apache-2.0
// An input that takes ten seconds of CPU time ends the process: a hang is a finding. Seconds of the wall, which libFuzzer's -timeout
// counts, would make one of a busy machine.
#pragma once

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace deconv_fuzz {

inline void be_patient() {
  static const bool watched = std::signal(SIGPROF, [](int) {
                                constexpr char kWords[] = "fuzz: ten seconds of CPU time for one input\n";
                                if (write(STDERR_FILENO, kWords, sizeof(kWords) - 1) > 0) std::abort();
                                std::_Exit(1);
                              }) != SIG_ERR;
  itimerval limit{};
  limit.it_value.tv_sec = watched ? 10 : 0;
  setitimer(ITIMER_PROF, &limit, nullptr);
}

}  // namespace deconv_fuzz
