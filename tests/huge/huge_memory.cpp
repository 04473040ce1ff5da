// SPDX-License-Identifier: Apache-2.0
#include "huge/huge_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace deconv_test {
namespace {

constexpr size_t kScratchBytes = size_t{8} << 20;

void* map(void* where, size_t bytes, int protection, int flags, int file = -1) {
  void* const memory = mmap(where, bytes, protection, flags, file, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("mmap of " + std::to_string(bytes) + " bytes failed");
  return memory;
}

}  // namespace

HugeMemory::HugeMemory(size_t bytes, Kind kind) : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))), bytes_(bytes) {
  const size_t inside = (bytes + page_ - 1) / page_ * page_;
  mapped_ = inside + 2 * page_;
  mapping_ = static_cast<char*>(map(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE));
  data_ = mapping_ + page_ + (inside - bytes);
  if (kind == Kind::kScratch) {
    fill_with_scratch();
  } else {
    map(mapping_ + page_, inside, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED);
  }
}

void HugeMemory::fill_with_scratch() {
  const int file = memfd_create("scratch", 0);
  if (file < 0 || ftruncate(file, kScratchBytes) != 0) throw std::runtime_error("memfd_create failed");
  char* const end = mapping_ + mapped_ - page_;
  for (char* at = mapping_ + page_; at < end; at += kScratchBytes)
    map(at, std::min(kScratchBytes, static_cast<size_t>(end - at)), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file);
  close(file);
}

HugeMemory::~HugeMemory() { munmap(mapping_, mapped_); }

HugeMemory::Page HugeMemory::keep(size_t element) {
  const auto from_mapping = static_cast<size_t>(data_ - mapping_) + element * sizeof(float);
  char* const page = mapping_ + from_mapping / page_ * page_;
  map(page, page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
  std::memset(page, 0xff, page_);
  const size_t first = page <= data_ ? 0 : static_cast<size_t>(page - data_) / sizeof(float);
  const auto last = static_cast<size_t>(page + page_ - data_) / sizeof(float);
  return {first, std::min(last, bytes_ / sizeof(float))};
}

}  // namespace deconv_test
