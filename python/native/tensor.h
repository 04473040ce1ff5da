// SPDX-License-Identifier: Apache-2.0
// Arrays of any framework as dense float32 in memory, without copies: NumPy and whatever speaks DLPack or the buffer protocol.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace deconv_python {

using Array = nanobind::ndarray<nanobind::ro>;
using WritableArray = nanobind::ndarray<>;

// The object's memory; `name` is its name in error messages. TypeError: no array, not float32, not on the CPU. InvalidArgument: its
// elements do not follow each other in C order. A writable one must not be read-only.
Array import_array(nanobind::handle object, const char* name);
WritableArray import_writable_array(nanobind::handle object, const char* name);

inline const float* data_of(const Array& array) { return static_cast<const float*>(array.data()); }
inline float* data_of(const WritableArray& array) { return static_cast<float*>(array.data()); }

// "(1, 2, 3)"
std::string shape_words(const int64_t* extents, size_t count);

// Asks for huge pages under memory that nobody has touched yet: one page fault for 2 MiB instead of 512. NumPy does so for its own large
// arrays and PyTorch does not, where faults then take longer than the layer (163 MB written by depthwise: 6 ms of work, 73 of faults).
// Small memory is left alone.
void prefer_huge_pages(void* memory, size_t bytes);

// A new NumPy array, not initialised, that begins at a cache line: what vector stores and JAX's zero-copy import ask for.
nanobind::ndarray<nanobind::numpy, float> new_array(const std::vector<size_t>& shape);

}  // namespace deconv_python
