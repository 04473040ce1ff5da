// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_gemm/plan.h"

#include <algorithm>

#include "core/aligned_buffer.h"
#include "core/checked.h"
#include "core/division.h"
#include "highway/cache_sets.h"
#include "highway/phase_gemm/task.h"
#include "highway/streaming.h"
#include "highway/workspace.h"

namespace deconv {
namespace {

// Boxes of src so small that the next one fits L2 beside this one, and tensors that do not stay there between two runs.
constexpr int64_t kAheadFloats = 64 * 1024;
constexpr int64_t kAheadBytes = 1 << 20;

// Floats of weights that come from L3 or memory for every box: the first tiles of a slice waited for them, a quarter of the time (1549->512
// k4 s2 on 8x8, one thread: 18.9 -> 15.1 ms; 2048->1024 k16 s8 on 32: 24.5 -> 17.4).
constexpr int64_t kFarWeights = 1 << 20;

}  // namespace

PhaseGemmPlan::PhaseGemmPlan(const PhaseGemmOperator& op, const Shape& shape) : op_(op), shape_(shape) {
  const Parameters& p = op.params();
  for (int a = 0; a < 3; ++a) {
    ranges_[a] = PhaseRanges(p.stride[a], shape.padding.begin[a], shape.out[a]);
    pixels_[a] = ranges_[a].span();
  }
  BlockingProblem problem;
  problem.batch = shape.batch;
  problem.pixels = pixels_;
  problem.groups = p.groups;
  problem.panels = static_cast<int64_t>(op.panels().size());
  problem.channels = p.in_channels_per_group();
  problem.out_pixel = p.dst_layout == DECONV_CHANNELS_LAST ? p.out_channels_per_group() : 1;
  problem.out_row = shape.out[2];
  problem.phases = op.taps().phase_count();
  problem.phase_taps = op.taps().most_taps_of_a_phase();
  problem.weights = op.packed_weights() / p.groups;
  problem.src = shape.batch * shape.in_spatial() * p.in_channels_per_group();
  problem.rows = p.stride[0] * p.stride[1];
  problem.row_phases = p.stride[2];
  problem.gathers_src = p.src_layout == DECONV_CHANNELS_FIRST && p.in_channels_per_group() > 1;
  problem.tile_rows = op.tile_rows();
  problem.threads = shape.threads;
  blocking_ = choose_blocking(problem);
  for (int a = 0; a < 3; ++a) pieces_[a] = ceil_div(pixels_[a], blocking_.pixels[a]);
  batch_pieces_ = ceil_div(shape.batch, blocking_.batch);
  panel_pieces_ = ceil_div(problem.panels, blocking_.panels);
  row_pieces_ = ceil_div(problem.rows, blocking_.rows);
  gathers_src_ = problem.gathers_src;
  src_pitch_ = spread_pitch(p.in_channels_per_group());
  gathers_dst_ = p.dst_layout == DECONV_CHANNELS_FIRST && p.out_channels > 1;
  choose_cache_use();
  layout_ = layout();
  checked_mul(workers(), checked_add(static_cast<int64_t>(layout_.total), kAlignment, kWorkspaceSize), kWorkspaceSize);
}

// Prefetches cost a few per cent where the lines are in L2 already (16->16 k4 s2: 0.41 -> 0.45 ms).
void PhaseGemmPlan::choose_cache_use() {
  const Parameters& p = op_.params();
  const int64_t src_bytes = shape_.batch * p.in_channels * shape_.in_spatial() * static_cast<int64_t>(sizeof(float));
  const bool fits_twice = p.in_channels * blocking_.box_pixels() <= kAheadFloats;
  prefetches_box_ = !gathers_src_ && p.groups == 1 && src_bytes > kAheadBytes && fits_twice;
  prefetches_src_ = !gathers_src_ && src_bytes >= kFarBytes && !prefetches_box_;
  prefetches_weights_ = op_.packed_weights() >= kFarWeights;
  streams_dst_ = !gathers_dst_ && streams_channels_last(p, shape_, op_.panels());
}

PhaseGemmPlan::Box PhaseGemmPlan::box(int64_t index) const {
  Box box;
  for (int a = 2; a >= 0; --a) {
    box.begin[a] = ranges_[a].first() + index % pieces_[a] * blocking_.pixels[a];
    box.end[a] = std::min(ranges_[a].first() + pixels_[a], box.begin[a] + blocking_.pixels[a]);
    index /= pieces_[a];
  }
  box.batch_begin = index * blocking_.batch;
  box.batch_end = std::min(shape_.batch, box.batch_begin + blocking_.batch);
  return box;
}

PhaseGemmPlan::Share PhaseGemmPlan::share(int64_t index) const {
  const int64_t boxes = box_count(), pieces = panel_pieces_ * row_pieces_, rest = index % (boxes * pieces);
  const int64_t piece = blocking_.weights_first ? rest / boxes : rest % pieces;
  Share share;
  share.group = index / (boxes * pieces);
  share.box = blocking_.weights_first ? rest % boxes : rest / pieces;
  share.panel_begin = piece / row_pieces_ * blocking_.panels;
  share.panel_end = std::min<int64_t>(share.panel_begin + blocking_.panels, static_cast<int64_t>(op_.panels().size()));
  share.row_begin = piece % row_pieces_ * blocking_.rows;
  share.row_end = std::min(share.row_begin + blocking_.rows, op_.params().stride[0] * op_.params().stride[1]);
  return share;
}

PhaseGemmPlan::Layout PhaseGemmPlan::layout() const {
  const int64_t pixels = blocking_.box_pixels();
  // Each tap of an axis starts a run of pixels and ends one; a patch, the product of runs, may leave one tile incomplete.
  int64_t patches = 1;
  for (int a = 0; a < 3; ++a) patches *= std::min(blocking_.pixels[a], 2 * op_.taps().most_taps_of_an_axis(a) + 1);
  const int64_t tiles = std::min(pixels, ceil_div(pixels, op_.tile_rows()) + patches);
  const char* what = kWorkspaceSize;
  Layout l;
  const auto take = [&](int64_t bytes) {
    const size_t at = l.total;
    l.total = static_cast<size_t>(
        checked_add(static_cast<int64_t>(l.total), checked_add(bytes, kAlignment, what) / kAlignment * kAlignment, what));
    return at;
  };
  l.held = take(sizeof(int64_t));
  l.taps = take(blocking_.phases * patches * op_.taps().most_taps_of_a_phase() * static_cast<int64_t>(sizeof(TileTap)));
  // One more than there can be: the tile that is being filled when the pixels end.
  l.tiles = take((blocking_.phases * tiles + 1) * static_cast<int64_t>(sizeof(PhaseGemmTask::Tile)));
  int64_t src = gathers_src_ ? checked_mul(blocking_.batch, src_pitch_, what) : 0;
  for (int a = 0; a < 3; ++a) {
    src = checked_mul(src, std::min(shape_.in[a], saturating_add(blocking_.pixels[a], op_.taps().max_shift()[a])), what);
  }
  l.src = take(checked_mul(src, sizeof(float), what));
  l.dst = take(gathers_dst_ ? blocking_.phases * pixels * op_.widest_lanes() * static_cast<int64_t>(sizeof(float)) : 0);
  l.partial = take(tiles * kMaxTileRows * op_.widest_lanes() * static_cast<int64_t>(sizeof(float)));
  return l;
}

size_t PhaseGemmPlan::workspace_bytes() const { return static_cast<size_t>(workers()) * layout_.total + kAlignment - 1; }

std::string PhaseGemmPlan::description() const {
  return op_.isa() + "/" + op_.algorithm() + " " + std::to_string(op_.tile_rows()) + "x" + std::to_string(op_.widest_lanes());
}

deconv_status PhaseGemmPlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  const auto of_worker = [&](int64_t worker) { return workspace + static_cast<size_t>(worker) * layout_.total; };
  // The box, counted over the groups, whose inputs a worker has gathered: its next task often needs the same.
  const auto held = [&](int64_t worker) { return reinterpret_cast<int64_t*>(of_worker(worker) + layout_.held); };
  for (int64_t worker = 0; worker < workers(); ++worker) *held(worker) = -1;
  parallel_run(parallel, task_count(), [&](int worker, int64_t index) {
    const Share next = share(index);
    const int64_t box_number = next.group * box_count() + next.box;
    const bool gathered = *held(worker) == box_number;
    *held(worker) = box_number;
    PhaseGemmTask task(*this, args, of_worker(worker), next.group, box(next.box));
    const Share later = share(std::min(index + parallel.threads, task_count() - 1));
    if (prefetches_box_ && later.box != next.box) task.prefetch_box(box(later.box), next);
    task.run(next, gathered);
  });
  return DECONV_OK;
}

}  // namespace deconv
