// SPDX-License-Identifier: Apache-2.0
#include "highway/overlap_add/plan.h"

#include <algorithm>

#include "core/division.h"
#include "highway/overlap_add/task.h"
#include "highway/workspace.h"

namespace deconv {
namespace {

// Sums of a task: half of a 1 MiB L2 is left to columns, weights and src.
constexpr int64_t kSumFloats = 64 * 1024;
// Columns of a block: 256 KiB, written once and read once by the additions.
constexpr int64_t kColumnFloats = 64 * 1024;
constexpr int64_t kMostBlockPixels = 64;
constexpr int64_t kTasksPerThread = 4;

// About `wanted` outputs, a multiple of the stride, at least twice what is computed again at each end.
int64_t piece(const Parameters& p, int a, int64_t out, int64_t wanted) {
  const int64_t halo = std::max<int64_t>(0, reach(p, a) + 1 - p.stride[a]);
  const int64_t extent = std::max({wanted, 2 * halo, p.stride[a]});
  return std::min(out, ceil_div(extent, p.stride[a]) * p.stride[a]);
}

}  // namespace

OverlapAddPlan::OverlapAddPlan(const OverlapAddOperator& op, const Shape& shape) : op_(op), shape_(shape) {
  const Parameters& p = op.params();
  for (Axes* axes : {&shape_.in, &shape_.out, &shape_.padding.begin, &shape_.padding.end, &shape_.padding.output}) slab_first(p.rank, axes);
  // An input's taps span this many slabs. Slabs between the taps of two inputs (kernel < stride) pass through rows that are clear again.
  ring_ = std::min(reach(p, 0) + 1, shape_.out[0]);
  choose_pieces();
  const int64_t rows = op.tiles().most_rows(op.panels().front().vectors);
  const int64_t by_columns = kColumnFloats / op.column_floats() / rows * rows;
  block_pixels_ = std::clamp<int64_t>(by_columns, rows, kMostBlockPixels);
  row_floats_ = (extent_[2] + 2 * margin()) * p.out_channels_per_group();
  gathers_src_ = p.src_layout == DECONV_CHANNELS_FIRST && p.in_channels_per_group() > 1;
  splits_dst_ = p.dst_layout == DECONV_CHANNELS_FIRST && p.out_channels_per_group() > 1;
  sums_bytes_ = workspace_part(ring_ * extent_[1], row_floats_, sizeof(float));
  columns_bytes_ = workspace_part(block_pixels_, op.column_floats(), sizeof(float));
  src_bytes_ = gathers_src_ ? workspace_part(block_pixels_, p.in_channels_per_group(), sizeof(float)) : 0;
  task_bytes_ = sums_bytes_ + columns_bytes_ + src_bytes_;
}

int64_t OverlapAddPlan::margin() const {
  const Parameters& p = op_.params();
  return std::min(reach(p, 2) + p.stride[2], block_pixels_ * p.stride[2]);
}

// Inner axes are cut so that the ring of sums fits L2; the slab axis only to make enough tasks, since its halo is computed twice.
void OverlapAddPlan::choose_pieces() {
  const Parameters& p = op_.params();
  const int64_t channels = p.out_channels_per_group();
  extent_[2] = piece(p, 2, shape_.out[2], std::min(shape_.out[2], kSumFloats / (ring_ * channels)));
  extent_[1] = piece(p, 1, shape_.out[1], std::min(shape_.out[1], kSumFloats / (ring_ * channels * extent_[2])));
  extent_[0] = shape_.out[0];
  const auto count = [&] {
    for (int a = 0; a < 3; ++a) pieces_[a] = ceil_div(shape_.out[a], extent_[a]);
    return task_count();
  };
  const int64_t wanted = shape_.threads == 1 ? 1 : kTasksPerThread * shape_.threads;
  for (int a = 0; a < 3; ++a) {
    const int64_t missing = ceil_div(wanted, count());
    if (missing > 1) extent_[a] = piece(p, a, shape_.out[a], ceil_div(extent_[a], missing));
  }
  count();
}

size_t OverlapAddPlan::workspace_bytes() const {
  return static_cast<size_t>(std::min<int64_t>(shape_.threads, task_count())) * task_bytes_ + kAlignment - 1;
}

std::string OverlapAddPlan::description() const {
  return op_.isa() + "/overlap_add " + std::to_string(op_.tiles().most_rows(op_.panels().front().vectors)) + "x" +
         std::to_string(op_.column_floats());
}

deconv_status OverlapAddPlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  parallel_run(parallel, task_count(), [&](int worker, int64_t index) {
    OverlapAddTask(*this, args, workspace + static_cast<size_t>(worker) * task_bytes_, index).run();
  });
  return DECONV_OK;
}

}  // namespace deconv
