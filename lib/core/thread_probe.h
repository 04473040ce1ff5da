// SPDX-License-Identifier: Apache-2.0
// Whether threads can be made, asked before a runtime is that ends the process where it cannot.
#pragma once

namespace deconv {

// How many of `count` threads this process can have beside its present ones: makes them, idle, until one fails, and ends them again. Tens
// of microseconds for each. `count` itself on systems without POSIX threads.
int startable_threads(int count) noexcept;

}  // namespace deconv
