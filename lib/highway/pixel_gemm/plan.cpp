// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/plan.h"

#include <algorithm>
#include <new>

#include "core/division.h"
#include "highway/cache_sets.h"
#include "highway/pixel_gemm/task.h"
#include "highway/streaming.h"
#include "highway/workspace.h"

namespace deconv {
namespace {

// Packed src and sums of a box share a 1 MiB L2 with a chunk's weights and what streams by.
constexpr int64_t kSrcFloats = 64 * 1024;
constexpr int64_t kSumFloats = 64 * 1024;
// Rows that a box of src may serve without being packed: more of them would read it often from planes that share cache sets.
constexpr int64_t kMostDirectRows = 48;
constexpr int64_t kTasksPerThread = 4;
// A vector may be read where the last position begins.
constexpr int64_t kSlack = 16;

int64_t product(const Axes& axes) { return axes[0] * axes[1] * axes[2]; }

}  // namespace

PixelGemmPlan::PixelGemmPlan(const PixelGemmOperator& op, const Shape& shape) : op_(op), shape_(shape) {
  const Parameters& p = op.params();
  direct_ = op.finite() && p.src_layout == DECONV_CHANNELS_FIRST && op.schedule().most_block_rows() <= kMostDirectRows;
  for (int a = 0; a < 3; ++a) {
    const int64_t pad = shape.padding.begin[a];
    first_[a] = pad / p.stride[a];
    end_[a] = (shape.out[a] - 1 + pad) / p.stride[a] + 1;
    direct_ = direct_ && op.most_shift()[a] == 0 && end_[a] <= shape.in[a];
  }
  choose_extents();
  make_tasks();
  in_place_ = finishes_in_place();
  streams_dst_ = !in_place_ && p.dst_layout == DECONV_CHANNELS_FIRST && p.stride[2] <= kMostInterleavedRows &&
                 streams_channels_first(p, shape, extent_[2] * p.stride[2]);
  const int64_t cells = positions();
  const int64_t channels = whole_ ? p.in_channels_per_group() : op.piece();
  plane_ = odd_lines(cells + 2 * kSlack);
  pitch_ = odd_lines(cells + kSlack);
  copies_ = !direct_ && p.src_layout == DECONV_CHANNELS_FIRST;
  ready_bytes_ = workspace_part(1, 1, sizeof(Ready));
  steps_bytes_ = workspace_part(1, static_cast<int64_t>(op.schedule().steps().size()), sizeof(int64_t));
  src_bytes_ = workspace_part(direct_ ? p.in_channels_per_group() : channels, direct_ ? 2 * kSlack : plane_, sizeof(float));
  if (copies_) src_bytes_ *= 2;
  sums_bytes_ = workspace_part(op.schedule().most_block_rows(), pitch_, sizeof(float));
  task_bytes_ = ready_bytes_ + steps_bytes_ + src_bytes_ + sums_bytes_;
  checked_mul(static_cast<int64_t>(task_bytes_ + kAlignment), shape.threads, kWorkspaceSize);
}

// From a box's first position to its last. Where src is read in place, rows lie as far apart as src's.
int64_t PixelGemmPlan::positions() const {
  if (!direct_) return images_ * product(window(extent_));
  return ((extent_[0] - 1) * shape_.in[1] + extent_[1] - 1) * shape_.in[2] + extent_[2];
}

// Pointwise layers, channels first: a box's positions follow each other in dst, and one pass completes their sums.
bool PixelGemmPlan::finishes_in_place() const {
  const Parameters& p = op_.params();
  if (p.dst_layout != DECONV_CHANNELS_FIRST || p.epilogue.has_residual || !op_.finite()) return false;
  if (p.taps() != 1 || p.in_channels_per_group() > op_.piece() || images_ > 1) return false;
  bool run = true;  // nothing but whole rows, then whole planes
  for (int a = 0; a < 3; ++a) {
    if (p.stride[a] != 1 || first_[a] != 0 || end_[a] != shape_.in[a]) return false;
    run = run && (a == 0 || extent_[a] == end_[a] || extent_[a - 1] == 1);
  }
  return run && (extent_[2] == end_[2] || extent_[0] == 1);
}

// Cells of the inputs that a box reads, without the sharing of zeros.
Axes PixelGemmPlan::window(const Axes& extent) const {
  Axes cells;
  for (int a = 0; a < 3; ++a) cells[a] = direct_ && a > 0 ? shape_.in[a] : extent[a] + op_.most_shift()[a];
  return cells;
}

// Per position: multiply-adds of all rows, which the gap between rows of positions wastes, and packing, which the halo repeats.
double PixelGemmPlan::cycles(const Axes& extent) const {
  const Parameters& p = op_.params();
  const double packing = p.src_layout == DECONV_CHANNELS_FIRST ? 3 : 6;
  double gap = 1, halo = 1;
  for (int a = 0; a < 3; ++a) {
    const double waste = 1 + static_cast<double>(op_.most_shift()[a]) / static_cast<double>(extent[a]);
    halo *= waste;
    if (a == 2) gap = waste;
  }
  return static_cast<double>(op_.schedule().products()) * gap + packing * halo;
}

// Rows are cut evenly where that leaves boxes with less halo; then as many rows, planes and images as fit.
void PixelGemmPlan::choose_extents() {
  const Parameters& p = op_.params();
  const int64_t inputs = p.in_channels_per_group();
  const bool several = op_.schedule().blocks().size() > 1;
  whole_ = direct_ || several || inputs <= op_.piece();
  const int64_t by_sums = kSumFloats / op_.schedule().most_block_rows();
  const int64_t by_src = kSrcFloats / (whole_ ? inputs : op_.piece());
  const int64_t cells = std::max<int64_t>(64, std::min(by_sums, by_src));
  Axes all;
  for (int a = 0; a < 3; ++a) all[a] = end_[a] - first_[a];
  // A long row is cut until a piece fits.
  const int64_t shift = op_.most_shift()[2], fewest = all[2] + shift <= cells ? 1 : ceil_div(all[2], std::max<int64_t>(64, cells - shift));
  constexpr double kNeverIfAnyFits = 1e9;
  double least = 0;
  for (int64_t cuts = fewest; cuts < fewest + 32 && cuts <= all[2]; ++cuts) {
    Axes extent{1, 1, ceil_div(all[2], cuts)};
    if (cuts > 1) extent[2] = std::min(all[2], ceil_div(extent[2], op_.kernels().lanes) * op_.kernels().lanes);
    if (direct_ && cuts > 1) extent[2] = std::min(all[2], cells);
    const auto grow = [&](int a) {
      int64_t rest = 1;
      for (int b = 0; b < 3; ++b) rest *= b == a ? 1 : window(extent)[b];
      extent[a] = std::clamp<int64_t>(cells / rest - op_.most_shift()[a], 1, all[a]);
    };
    if (!direct_ || cuts == 1) {
      grow(1);
      if (extent[1] == all[1]) grow(0);
    }
    const int64_t taken = product(window(extent));
    const bool fits = (direct_ && cuts > 1) || taken <= cells + kSlack;
    const double cost = cycles(extent) + (fits ? 0.0 : kNeverIfAnyFits + static_cast<double>(taken));
    if (cuts > fewest && cost >= least) continue;
    least = cost;
    extent_ = extent;
  }
  images_ = 1;
  if (!direct_ && extent_ == all) images_ = std::clamp<int64_t>(cells / product(window(extent_)), 1, shape_.batch);
}

// At most extent_[a], as even as possible; of rows as many as leave the fewest vectors of positions incomplete (28x28 in four boxes: 49
// vectors of 16 by eight rows, 52 by seven).
int64_t PixelGemmPlan::even_extent(int a) const {
  const int64_t all = end_[a] - first_[a], pieces = ceil_div(all, extent_[a]), even = ceil_div(all, pieces);
  if (a != 1 || extent_[0] > 1 || images_ > 1) return even;
  const int64_t lanes = op_.kernels().lanes, row = window(extent_)[2];
  int64_t best = even, fewest = 0;
  for (int64_t extent = even; extent <= extent_[a]; ++extent) {
    const int64_t whole = all / extent, rest = all % extent;
    const int64_t vectors = whole * ceil_div(extent * row, lanes) + ceil_div(rest * row, lanes);
    if (extent > even && vectors >= fewest) continue;
    fewest = vectors;
    best = extent;
  }
  return best;
}

int64_t PixelGemmPlan::count_pieces() {
  for (int a = 0; a < 3; ++a) pieces_[a] = ceil_div(end_[a] - first_[a], extent_[a]);
  image_pieces_ = ceil_div(shape_.batch, images_);
  block_pieces_ = ceil_div(static_cast<int64_t>(op_.schedule().blocks().size()), blocks_);
  return op_.params().groups * image_pieces_ * product(pieces_) * block_pieces_;
}

// Several threads want several tasks each: images, rows and blocks of output channels are divided, in this order.
void PixelGemmPlan::make_tasks() {
  blocks_ = static_cast<int64_t>(op_.schedule().blocks().size());
  const int64_t wanted = shape_.threads == 1 ? 1 : kTasksPerThread * shape_.threads;
  const auto divide = [&](int64_t* extent) {
    const int64_t missing = ceil_div(wanted, count_pieces());
    if (missing > 1) *extent = ceil_div(*extent, missing);
  };
  divide(&images_);
  if (!direct_ || extent_[2] == end_[2] - first_[2]) {
    divide(&extent_[0]);
    divide(&extent_[1]);
  }
  divide(&blocks_);
  if (extent_[0] == 1 && extent_[1] == 1) divide(&extent_[2]);
  for (int a = 0; a < 3; ++a) extent_[a] = even_extent(a);
  count_pieces();
}

PixelGemmPlan::Box PixelGemmPlan::box(int64_t index) const {
  Box box;
  for (int a = 2; a >= 0; --a) {
    box.begin[a] = first_[a] + index % pieces_[a] * extent_[a];
    box.end[a] = std::min(end_[a], box.begin[a] + extent_[a]);
    index /= pieces_[a];
  }
  box.image_begin = index * images_;
  box.image_end = std::min(shape_.batch, box.image_begin + images_);
  return box;
}

size_t PixelGemmPlan::workspace_bytes() const {
  const int64_t tasks = op_.params().groups * image_pieces_ * product(pieces_) * block_pieces_;
  return static_cast<size_t>(std::min<int64_t>(shape_.threads, tasks)) * task_bytes_ + kAlignment - 1;
}

std::string PixelGemmPlan::description() const {
  return op_.isa() + "/pixel_gemm " + std::to_string(op_.kernels().rows) + "x" + std::to_string(op_.kernels().lanes);
}

// Tasks are numbered group, box, blocks.
deconv_status PixelGemmPlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  const int64_t boxes = image_pieces_ * product(pieces_), all_blocks = static_cast<int64_t>(op_.schedule().blocks().size());
  const int64_t tasks = op_.params().groups * boxes * block_pieces_;
  const auto part = [&](int64_t index) {
    const int64_t number = index / block_pieces_;
    return index < tasks ? Part{number, number / boxes, box(number % boxes)} : Part{-1, 0, {}};
  };
  for (int64_t worker = 0; worker < std::min<int64_t>(parallel.threads, tasks); ++worker) {
    new (workspace + static_cast<size_t>(worker) * task_bytes_) Ready{-1, 0, -1};
  }
  parallel_run(parallel, tasks, [&](int worker, int64_t index) {
    const int64_t first = index % block_pieces_ * blocks_;
    const Part parts[3] = {part(index), part(index + parallel.threads), part(index + 2 * parallel.threads)};
    PixelGemmTask(*this, args, workspace + static_cast<size_t>(worker) * task_bytes_, parts)
        .run(first, std::min(all_blocks, first + blocks_));
  });
  return DECONV_OK;
}

}  // namespace deconv
