// SPDX-License-Identifier: Apache-2.0
// Memory between two pages that fault on any access, so that one element too far ends the process instead of passing unseen.
#pragma once

#include <cstddef>

namespace deconv_test {

// Where the bytes sit between the guard pages.
struct Placement {
  bool at_end = true;  // the last byte touches the page behind; otherwise the first byte is `offset` behind the page in front
  size_t offset = 0;   // any multiple of the element size: misaligns for vectors, not for elements
};

class GuardedBuffer {
 public:
  GuardedBuffer(size_t bytes, Placement placement);
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  unsigned char* data() const { return data_; }
  float* floats() const { return reinterpret_cast<float*>(data_); }
  size_t bytes() const { return bytes_; }

  // Every byte 0xff: as floats, a NaN with a payload that no arithmetic produces.
  void poison();
  // Writes fault from now on.
  void make_read_only();
  // Whether the bytes between data and the guard pages are as the constructor left them.
  bool canaries_intact() const;

 private:
  unsigned char* mapping_ = nullptr;
  size_t mapped_ = 0, page_ = 0, bytes_ = 0;
  unsigned char* data_ = nullptr;
};

// The bit pattern that poison() leaves in a float.
bool is_poison(float value);

}  // namespace deconv_test
