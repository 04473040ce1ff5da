// SPDX-License-Identifier: Apache-2.0
#include "highway/packing.h"

#include <algorithm>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "core/division.h"

namespace deconv {
namespace {

// Of a task: a cache line of each output channel's where inputs are contiguous.
constexpr int64_t kFewestInputs = 16;

// The kernel position with flat number 1.
Axes second_tap(const Parameters& p) {
  if (p.kernel[2] > 1) return {0, 0, 1};
  if (p.kernel[1] > 1) return {0, 1, 0};
  return {1, 0, 0};
}

}  // namespace

AlignedBuffer<float> packed_buffer(size_t count) {
#if defined(__linux__)
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t bytes = count * sizeof(float);
  if (bytes >= 2 * kHugePage) {
    AlignedBuffer<float> buffer(count, kHugePage);
    // Only advice, and only for pages that lie within: without huge pages everything works as before.
    madvise(buffer.data(), bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
    return buffer;
  }
#endif
  return AlignedBuffer<float>(count);
}

WeightStrides::WeightStrides(const Parameters& p) {
  const int64_t origin = weight_index(p, 0, 0, {});
  const auto distance = [&](bool exists, int64_t ic, int64_t oc, const Axes& at) {
    return exists ? weight_index(p, ic, oc, at) - origin : 0;
  };
  first = p.weights == nullptr ? nullptr : static_cast<const float*>(p.weights) + origin;
  in = distance(p.in_channels_per_group() > 1, 1, 0, {});
  out = distance(p.out_channels_per_group() > 1, 0, 1, {});
  tap = distance(p.taps() > 1, 0, 0, second_tap(p));
  group = distance(p.groups > 1, p.in_channels_per_group(), 0, {});
}

Parallel packing_threads(const Parameters& params) {
  constexpr int64_t kWorthThreads = 1 << 16;
  if (params.weights_count() < kWorthThreads) return {};
  const int threads = params.expected_threads > 0 ? std::min(params.expected_threads, default_threads()) : default_threads();
  return {threads, nullptr, nullptr};
}

int64_t input_pieces(const PackedLayer& layer, const Parallel& parallel) {
  constexpr int64_t kTasksPerThread = 4;
  if (parallel.threads == 1) return 1;
  const int64_t wanted = ceil_div(kTasksPerThread * parallel.threads, layer.groups * static_cast<int64_t>(layer.panels.size()));
  return std::min(wanted, ceil_div(layer.inputs, kFewestInputs));
}

PackTask::PackTask(const PackedLayer& layer, const WeightStrides& strides, int64_t pieces, int64_t index) {
  const int64_t panels = static_cast<int64_t>(layer.panels.size()), group = index / pieces / panels;
  const Panel& panel = layer.panels[index / pieces % panels];
  const int64_t piece = ceil_div(ceil_div(layer.inputs, pieces), kFewestInputs) * kFewestInputs;
  begin_ = std::min(layer.inputs, index % pieces * piece);
  end_ = std::min(layer.inputs, begin_ + piece);
  args_.src = strides.first + group * strides.group;
  args_.dst = layer.packed + group * packed_group(layer.panels, layer.rows) + packed_panel(panel, layer.rows);
  args_.columns = layer.columns + panel.channel;
  args_.column_count = panel.channels;
  args_.width = panel.pitch;
}

}  // namespace deconv
