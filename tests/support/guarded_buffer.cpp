// SPDX-License-Identifier: Apache-2.0
#include "support/guarded_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif

namespace deconv_test {
namespace {

constexpr unsigned char kCanary = 0xa5;

// What a guard page allows: nothing, or with DECONV_TEST_GUARD=writes reading. For qemu, whose masked loads read the lanes that are left
// out.
int guard_protection() {
  const char* const words = std::getenv("DECONV_TEST_GUARD");
  return words != nullptr && std::strcmp(words, "writes") == 0 ? PROT_READ : PROT_NONE;
}

}  // namespace

GuardedBuffer::GuardedBuffer(size_t bytes, Placement placement) : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))), bytes_(bytes) {
  const size_t inner = std::max<size_t>(1, (bytes + placement.offset + page_ - 1) / page_) * page_;
  mapped_ = inner + 2 * page_;
  void* const mapping = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<unsigned char*>(mapping);
  const int guard = guard_protection();
  if (mprotect(mapping_, page_, guard) != 0 || mprotect(mapping_ + page_ + inner, page_, guard) != 0) throw std::bad_alloc();
  data_ = placement.at_end ? mapping_ + page_ + inner - bytes : mapping_ + page_ + placement.offset;
  std::memset(mapping_ + page_, kCanary, static_cast<size_t>(data_ - (mapping_ + page_)));
  unsigned char* const end = mapping_ + page_ + inner;
  std::memset(data_ + bytes_, kCanary, static_cast<size_t>(end - (data_ + bytes_)));
}

GuardedBuffer::~GuardedBuffer() { munmap(mapping_, mapped_); }

void GuardedBuffer::poison() {
  std::memset(data_, 0xff, bytes_);
#if defined(VALGRIND_MAKE_MEM_UNDEFINED)
  VALGRIND_MAKE_MEM_UNDEFINED(data_, bytes_);  // under valgrind, results that depend on it are findings; a few instructions elsewhere
#endif
}

void GuardedBuffer::make_read_only() { mprotect(mapping_ + page_, mapped_ - 2 * page_, PROT_READ); }

bool GuardedBuffer::canaries_intact() const {
  const auto is_canary = [](unsigned char byte) { return byte == kCanary; };
  return std::all_of(mapping_ + page_, data_, is_canary) && std::all_of(data_ + bytes_, mapping_ + mapped_ - page_, is_canary);
}

bool is_poison(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits == 0xffffffffu;
}

}  // namespace deconv_test
