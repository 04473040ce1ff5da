// SPDX-License-Identifier: Apache-2.0
// What packing has in common: where weights stand in the caller's memory, in which order they are read, by how many threads.
#pragma once

#include <cstdint>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/parallel.h"
#include "core/parameters.h"
#include "highway/packing_kernels.h"
#include "highway/tile/panels.h"

namespace deconv {

// Memory for packed weights. Large ones ask for huge pages: where faults are dear (a virtual machine: 2 GB/s, huge pages 9) they are most
// of what creating an operator costs. A run that streams 151 MB of weights is 8 % faster with them.
AlignedBuffer<float> packed_buffer(size_t count);

// In each of the four layouts and both forms a group's weight (ic, oc, tap) is first[ic*in + oc*out + tap*tap_stride]; `tap` is the flat
// number of a kernel position. Strides of axes with a single entry are 0.
struct WeightStrides {
  const float* first = nullptr;
  int64_t in = 0, out = 0, tap = 0, group = 0;

  explicit WeightStrides(const Parameters& params);
  // Of a group's first input channel.
  const float* at(int64_t group_number, int64_t oc, int64_t flat_tap) const {
    return first + group_number * group + oc * out + flat_tap * tap;
  }
};

// Rows on their way to the kernel, a few at a time.
class RowPacker {
 public:
  // Complete but for the rows.
  RowPacker(const PackingKernels& kernels, const PackRowsArgs& args) : kernels_(kernels), args_(args) { args_.rows = rows_; }
  RowPacker(const RowPacker&) = delete;
  RowPacker& operator=(const RowPacker&) = delete;
  ~RowPacker() { flush(); }

  void add(int64_t src, int64_t dst) {
    if (args_.row_count == kRows) flush();
    rows_[args_.row_count++] = {src, dst};
  }

 private:
  void flush() {
    kernels_.pack_rows(args_);
    args_.row_count = 0;
  }

  static constexpr int64_t kRows = 256;
  const PackingKernels& kernels_;
  PackRowsArgs args_;
  PackRow rows_[kRows];
};

// Calls row(ic, tap) for every input channel in [begin, end) and tap, in the order of their weights in memory.
template <class F>
void for_rows_in_memory_order(const WeightStrides& strides, int64_t begin, int64_t end, int64_t taps, const F& row) {
  // The correlation form runs through the taps backwards.
  const auto tap = [&](int64_t i) { return strides.tap < 0 ? taps - 1 - i : i; };
  const bool taps_are_inner = strides.tap == 1 || strides.tap == -1;
  if (taps_are_inner) {
    for (int64_t ic = begin; ic < end; ++ic) {
      for (int64_t i = 0; i < taps; ++i) row(ic, tap(i));
    }
  } else {
    for (int64_t i = 0; i < taps; ++i) {
      for (int64_t ic = begin; ic < end; ++ic) row(ic, tap(i));
    }
  }
}

// What is packed: [group][panel][row][panel pitch].
struct PackedLayer {
  const std::vector<Panel>& panels;  // of one group
  int64_t groups, rows;              // rows of a panel
  int64_t inputs;                    // input channels, whose rows tasks share out
  const int64_t* columns;            // of every valid lane of a group: its weight's distance from the row's first
  float* packed;
};

// A task of packing: some input channels of one panel.
class PackTask {
 public:
  PackTask(const PackedLayer& layer, const WeightStrides& strides, int64_t pieces, int64_t index);
  const PackRowsArgs& args() const { return args_; }
  int64_t begin() const { return begin_; }
  int64_t end() const { return end_; }

 private:
  PackRowsArgs args_;
  int64_t begin_, end_;
};

// Threads only where packing takes longer than waking them (64 Ki weights: about 50 us), and none for a caller who expects to use one.
Parallel packing_threads(const Parameters& params);

// Pieces of the input channels, so that a layer with few panels has work for every thread.
int64_t input_pieces(const PackedLayer& layer, const Parallel& parallel);

// Calls rows(packer, begin, end, width) for some input channels of a panel of `width` lanes at a time: it adds their rows, counted from the
// first weight of the group and from the panel's first packed one.
template <class F>
void pack_panels(const Parameters& given, const PackedLayer& layer, const WeightStrides& strides, int64_t targets, const F& rows) {
  const PackingKernels& kernels = packing_kernels(targets);
  const Parallel parallel = packing_threads(given);
  const int64_t pieces = input_pieces(layer, parallel);
  parallel_run(parallel, layer.groups * static_cast<int64_t>(layer.panels.size()) * pieces, [&](int, int64_t index) {
    const PackTask task(layer, strides, pieces, index);
    RowPacker packer(kernels, task.args());
    rows(packer, task.begin(), task.end(), task.args().width);
  });
}

}  // namespace deconv
