// SPDX-License-Identifier: Apache-2.0
// Temporary memory of one run, from the session's allocator: its arena serves all nodes and runs.
#pragma once

#include <new>

#include "ort_c_api.h"

namespace deconv_ort {

class Scratch {
 public:
  Scratch(OrtAllocator* allocator, size_t bytes) : allocator_(allocator) {
    if (bytes == 0) return;
    data_ = allocator_->Alloc(allocator_, bytes);
    if (data_ == nullptr) throw std::bad_alloc();
  }
  ~Scratch() {
    if (data_ != nullptr) allocator_->Free(allocator_, data_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void* data() const noexcept { return data_; }

 private:
  OrtAllocator* allocator_;
  void* data_ = nullptr;
};

}  // namespace deconv_ort
