// SPDX-License-Identifier: Apache-2.0
// Memory aligned to cache lines, owned, not initialised. Allocates through operator new, so that tests can make it fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace deconv {

// One cache line on every CPU this library targets; also a whole AVX-512 vector.
constexpr size_t kAlignment = 64;

constexpr size_t round_up(size_t value, size_t multiple) { return (value + multiple - 1) / multiple * multiple; }

template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // `alignment`: a power of two, kAlignment or more.
  explicit AlignedBuffer(size_t count, size_t alignment = kAlignment)
      : data_(count == 0 ? nullptr : static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{alignment}))),
        size_(count),
        alignment_(alignment) {}
  AlignedBuffer(AlignedBuffer&& other) noexcept { *this = std::move(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(alignment_, other.alignment_);
    return *this;
  }
  ~AlignedBuffer() { ::operator delete(data_, std::align_val_t{alignment_}); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  size_t bytes() const { return size_ * sizeof(T); }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
  size_t alignment_ = kAlignment;
};

// The first aligned address at or after p; workspace queries add kAlignment - 1 bytes for it.
inline char* align_up(void* p) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  return static_cast<char*>(p) + (round_up(address, kAlignment) - address);
}

}  // namespace deconv
