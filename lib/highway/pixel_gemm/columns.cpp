// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/columns.h"

#include <algorithm>

#include "core/division.h"
#include "core/parallel.h"
#include "highway/cache_sets.h"
#include "highway/packing.h"
#include "highway/pixel_gemm/columns_task.h"
#include "highway/workspace.h"

namespace deconv {
namespace {

// A slab's columns, and a piece of its src, each a quarter of a 1 MiB L2: the next src is fetched beside them.
constexpr int64_t kColumnFloats = 64 * 1024;
constexpr int64_t kSlabFloats = 40 * 1024;
// Rows of src at a task's edge are multiplied again by its neighbour: few tasks.
constexpr int64_t kTasksPerThread = 2;

// Planes of src whose distance is a multiple of this share eight cache sets, and one line of each of 64 channels fills them.
constexpr int64_t kSharedSets = 128;

int64_t round_up_rows(int64_t rows, int64_t multiple) { return ceil_div(rows, multiple) * multiple; }

}  // namespace

bool prefers_columns(const Parameters& p, const Schedule& schedule) {
  constexpr int64_t kMostColumns = 512, kMostShift = 1024;
  if (p.src_layout != DECONV_CHANNELS_FIRST || p.dst_layout != DECONV_CHANNELS_FIRST) return false;
  const int64_t columns = p.taps() * p.out_channels_per_group();
  if (p.rank == 3 || schedule.blocks().size() != 1 || columns > kMostColumns) return false;
  int64_t far_row = 0, far_pixel = 0;
  for (const Axes& step : schedule.steps()) {
    far_row = std::max(far_row, step[1]);
    far_pixel = std::max(far_pixel, step[2]);
  }
  const int64_t farthest = std::max(far_row, far_pixel);
  if (farthest == 0 || farthest > kMostShift) return false;
  // Cycles of a vector of pixels. A column goes to L2, comes back and is added. An input is loaded and stored to be packed, here too where
  // planes share cache sets. Narrow strips repeat pixels at their edges and leave half a vector empty.
  constexpr double kColumn = 6, kInput = 3.5, kGemm = 1.02, kGap = 1.01;
  const Axes& in = p.expected_in;
  const bool packs_too = in[2] > 0 && in[1] % kSharedSets * (in[2] % kSharedSets) % kSharedSets == 0;
  const double inputs = static_cast<double>(p.in_channels_per_group()),
               strip = kColumnFloats / static_cast<double>(columns * (far_row + 1));
  const double gemm = (kGemm + (static_cast<double>(far_pixel) + 8) / strip) * inputs;
  return static_cast<double>(columns) * (gemm + kColumn) < kGap * schedule.cycles() + (packs_too ? 0 : kInput * inputs);
}

ColumnWeights::ColumnWeights(const Parameters& p, int64_t piece, int most_rows)
    : columns_(p.taps() * p.out_channels_per_group()),
      chunks_(ceil_div(columns_, most_rows)),
      channels_(p.in_channels_per_group()),
      phases_{axis_phases(p.kernel[1], p.stride[1], p.dilation[1]), axis_phases(p.kernel[2], p.stride[2], p.dilation[2])},
      weights_(static_cast<size_t>(p.weights_count())) {
  const WeightStrides strides(p);
  const int64_t outputs = p.out_channels_per_group();
  parallel_run(packing_threads(p), p.groups * chunks_, [&](int, int64_t i) {
    const int64_t group = i / chunks_, number = i % chunks_, first = chunk_begin(number), rows = chunk_begin(number + 1) - first;
    for (int64_t row = 0; row < rows; ++row) {
      const float* weight = strides.at(group, (first + row) % outputs, (first + row) / outputs);
      for (int64_t begin = 0; begin < channels_; begin += piece) {
        const int64_t end = std::min(channels_, begin + piece);
        float* packed = weights_.data() + (chunk(group, number, begin, end) - weights_.data()) + row;
        for (int64_t ic = begin; ic < end; ++ic, packed += rows) *packed = weight[ic * strides.in];
      }
    }
  });
}

ColumnsPlan::ColumnsPlan(const PixelGemmOperator& op, const Shape& shape) : op_(op), shape_(shape) {
  const Parameters& p = op.params();
  for (int i = 0; i < 2; ++i) {
    const int64_t pad = shape.padding.begin[i + 1];
    first_[i] = pad / p.stride[i + 1];
    end_[i] = (shape.out[i + 1] - 1 + pad) / p.stride[i + 1] + 1;
    extent_[i] = end_[i] - first_[i];
  }
  const int64_t shift[2] = {op.most_shift()[1], op.most_shift()[2]};
  // Rows are cut where one of them and those that wait for it would not fit.
  const int64_t lanes = op.kernels().lanes, columns = op.columns().columns();
  const int64_t fitting = std::min(kColumnFloats / (columns * (shift[0] + 1)), kSlabFloats / op.piece());
  const int64_t most = std::max(2 * lanes, fitting - shift[1]);
  if (extent_[1] > most) extent_[1] = ceil_div(ceil_div(extent_[1], ceil_div(extent_[1], most)), lanes) * lanes;
  const int64_t wanted = shape.threads == 1 ? 1 : kTasksPerThread * shape.threads;
  for (int i = 0; i < 2; ++i) {
    pieces_[0] = ceil_div(end_[0] - first_[0], extent_[0]);
    pieces_[1] = ceil_div(end_[1] - first_[1], extent_[1]);
    const int64_t missing = ceil_div(wanted, task_count());
    if (missing > 1) extent_[i] = std::min(extent_[i], std::max(ceil_div(extent_[i], missing), 2 * shift[i]) + 1);
    pieces_[i] = ceil_div(end_[i] - first_[i], extent_[i]);
  }
  const int64_t width = std::min(shape.in[2], extent_[1] + shift[1]), height = std::min(shape.in[1], extent_[0] + shift[0]);
  const int64_t by_columns = kColumnFloats / (columns * width), by_src = kSlabFloats / (op.piece() * width);
  slab_rows_ = std::clamp<int64_t>(std::min(by_columns, by_src), 1, height);
  while (slab_rows_ > 1 && slab_rows_ + round_up_rows(shift[0], slab_rows_) > by_columns && slab_rows_ < height) --slab_rows_;
  ring_rows_ = slab_rows_ < height ? slab_rows_ + round_up_rows(shift[0], slab_rows_) : slab_rows_;
  packs_ = shape.in_spatial() % kSharedSets == 0;
  margin_ = ceil_div(shift[1] + kLineFloats, kLineFloats) * kLineFloats;
  pitch_ = odd_lines(ring_rows_ * width);
  plane_ = packs_ ? odd_lines(slab_rows_ * width + kLineFloats) : kPixelTail;
  sums_pitch_ = odd_lines(extent_[1] + kLineFloats);
  src_bytes_ = workspace_part(op.piece(), plane_, sizeof(float));
  columns_bytes_ = workspace_part(1, 2 * margin_ + columns * pitch_ + sums_pitch_, sizeof(float));
  task_bytes_ = src_bytes_ + columns_bytes_ + workspace_part(p.stride[2], sums_pitch_, sizeof(float));
}

ColumnsPlan::Box ColumnsPlan::box(int64_t index) const {
  Box box;
  for (int i = 1; i >= 0; --i) {
    box.begin[i] = first_[i] + index % pieces_[i] * extent_[i];
    box.end[i] = std::min(end_[i], box.begin[i] + extent_[i]);
    index /= pieces_[i];
  }
  box.image = index % shape_.batch;
  box.group = index / shape_.batch;
  return box;
}

size_t ColumnsPlan::workspace_bytes() const {
  return static_cast<size_t>(std::min<int64_t>(shape_.threads, task_count())) * task_bytes_ + kAlignment - 1;
}

std::string ColumnsPlan::description() const {
  return op_.isa() + "/pixel_gemm " + std::to_string(op_.kernels().rows) + "x" + std::to_string(op_.kernels().lanes) + " columns";
}

deconv_status ColumnsPlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  const int64_t tasks = task_count();
  parallel_run(parallel, tasks, [&](int worker, int64_t index) {
    const int64_t next = index + parallel.threads < tasks ? index + parallel.threads : index;
    ColumnsTask(*this, args, workspace + static_cast<size_t>(worker) * task_bytes_, box(index)).run(box(next));
  });
  return DECONV_OK;
}

}  // namespace deconv
