// SPDX-License-Identifier: Apache-2.0
// Address space for tensors of many GiB on machines that have few: only what a test looks at takes memory. Linux.
#pragma once

#include <cstddef>

namespace deconv_test {

// An address range between pages that fault, its last byte right before one.
class HugeMemory {
 public:
  enum class Kind {
    kZeros,   // reads as zeros until written; every page that is written takes memory
    kScratch  // may be written everywhere, but kept nowhere: all of it is the same 8 MiB again and again
  };
  HugeMemory(size_t bytes, Kind kind);
  ~HugeMemory();
  HugeMemory(const HugeMemory&) = delete;
  HugeMemory& operator=(const HugeMemory&) = delete;

  float* floats() const { return reinterpret_cast<float*>(data_); }

  // Gives the page of this element memory of its own, filled with NaNs; the range of elements on that page: [first, last).
  struct Page {
    size_t first, last;
  };
  Page keep(size_t element);

 private:
  void fill_with_scratch();

  size_t page_, mapped_, bytes_;
  char* mapping_ = nullptr;
  char* data_ = nullptr;
};

}  // namespace deconv_test
