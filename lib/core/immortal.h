// SPDX-License-Identifier: Apache-2.0
// Objects made at their first use and never destroyed: a host's static objects, and its threads that still run, may use the library while
// the process exits, when function-local statics made after them are gone.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

namespace deconv {

template <class T>
class Immortal {
 public:
  template <class... Arguments>
  explicit Immortal(Arguments&&... arguments) : object_(new(memory_) std::remove_const_t<T>{std::forward<Arguments>(arguments)...}) {}
  Immortal(const Immortal&) = delete;
  Immortal& operator=(const Immortal&) = delete;

  T& operator*() const { return *object_; }

 private:
  alignas(T) unsigned char memory_[sizeof(T)];
  T* object_;
};

}  // namespace deconv
