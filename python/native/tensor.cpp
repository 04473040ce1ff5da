// SPDX-License-Identifier: Apache-2.0
#include "tensor.h"

#include <nanobind/stl/string.h>

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "failure.h"

namespace nb = nanobind;

namespace deconv_python {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kLarge = 2 * kHugePage;

std::string dtype_words(nb::dlpack::dtype dtype) {
  static const char* const kNames[] = {"int", "uint", "float", "opaque", "bfloat", "complex", "bool"};
  if (dtype.code >= 7) return "dtype code " + std::to_string(dtype.code);
  if (dtype.code == 6) return "bool";
  return kNames[dtype.code] + std::to_string(dtype.bits);
}

// Why an object that should be an array could not be taken as one.
[[noreturn]] void refuse_object(nb::handle object, const char* name) {
  const std::string type = nb::cast<std::string>(nb::str(object.type().attr("__name__")));
  refuse_type(std::string(name) + " is a " + type +
              ", which is no array in this process's memory that NumPy's buffer protocol or DLPack can share");
}

// What every tensor of the library must be. `A` is Array or WritableArray.
template <class A>
void require_dense_floats(const A& array, const char* name) {
  if (array.device_type() != nb::device::cpu::value) {
    refuse_type(std::string(name) + " is on another device: deconv runs on the CPU");
  }
  if (array.dtype() != nb::dtype<float>()) {
    refuse_type(std::string(name) + " has dtype " + dtype_words(array.dtype()) + ": deconv computes in float32");
  }
  if (array.size() == 0) return;  // the library says which extent is 0
  int64_t stride = 1;
  for (size_t axis = array.ndim(); axis-- > 0;) {
    if (array.shape(axis) != 1 && array.stride(axis) != stride) {
      refuse(std::string(name) + " of shape " + shape_words(array.shape_ptr(), array.ndim()) +
             " is not contiguous: its strides in elements are " + shape_words(array.stride_ptr(), array.ndim()) +
             ". Copy it into C order, or hand over the axes in the order that they have in memory and name that layout");
    }
    stride *= static_cast<int64_t>(array.shape(axis));
  }
}

}  // namespace

Array import_array(nb::handle object, const char* name) {
  Array array;
  if (object.is_none() || !nb::try_cast<Array>(object, array, false)) refuse_object(object, name);
  require_dense_floats(array, name);
  return array;
}

WritableArray import_writable_array(nb::handle object, const char* name) {
  WritableArray array;
  if (object.is_none() || !nb::try_cast<WritableArray>(object, array, false)) {
    import_array(object, name);  // says what is wrong with it, unless it is this:
    refuse(std::string(name) + " is read-only");
  }
  require_dense_floats(array, name);
  return array;
}

std::string shape_words(const int64_t* extents, size_t count) {
  std::string words = "(";
  for (size_t i = 0; i < count; ++i) words += (i == 0 ? "" : ", ") + std::to_string(extents[i]);
  return words + (count == 1 ? ",)" : ")");
}

void prefer_huge_pages(void* memory, size_t bytes) {
#if defined(__linux__)
  if (bytes < kLarge) return;
  static const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + page - 1) / page * page;
  const uintptr_t end = (reinterpret_cast<uintptr_t>(memory) + bytes) / page * page;
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // a wish: where it fails, pages are small
#else
  (void)memory, (void)bytes;
#endif
}

nb::ndarray<nb::numpy, float> new_array(const std::vector<size_t>& shape) {
  size_t bytes = sizeof(float);
  for (const size_t extent : shape) bytes *= extent;  // a plan has checked that this fits
  const size_t alignment = bytes >= kLarge ? kHugePage : kCacheLine;
  void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  prefer_huge_pages(memory, bytes);
  const nb::capsule owner(memory, [](void* pointer) noexcept { std::free(pointer); });
  return nb::ndarray<nb::numpy, float>(static_cast<float*>(memory), shape.size(), shape.data(), owner);
}

}  // namespace deconv_python
