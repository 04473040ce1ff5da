// SPDX-License-Identifier: Apache-2.0
// From a phase's sums to outputs: straight to channels-last dst, or by way of a block that holds all phases of its rows to channels-first
// dst.
#include <algorithm>

#include "core/division.h"
#include "highway/toom_cook/task.h"

namespace deconv {
namespace {

// Sums were written long ago and come from L3.
constexpr int64_t kPatchesAhead = 2;

}  // namespace

void ToomCookTask::finish(const Group& group) {
  for (int64_t n = 0; n < group.size(); ++n) finish_phase(group, n);
}

void ToomCookTask::finish_phase(const Group& group, int64_t n) {
  const Panel& panel = op_.panels()[group.panel(n)];
  const Axes residue = group.residue(n);
  ToomPasses passes = output_passes(residue, op_.panel_lanes(panel));
  ToomFinishArgs args = finish_args(panel, passes.result());
  const float* sums = group_sums(n);
  float* block = panel_block(group.panel(n) - group.panel_begin);
  for (int64_t patch = share_.begin; patch < share_.end;) {
    const Row row = row_at(patch);
    for (const int64_t end = patch + row.count; patch < end; ++patch, sums += op_.panel_lanes(panel)) {
      passes.run(sums, nullptr);
      args.sums = passes.result_of(sums);
      const Place place = plan_.place(patch);
      plan_.gathers_dst_ ? finish_to_block(residue, row, place, passes.result(), block, &args)
                         : finish_direct(panel, residue, place, passes.result(), &args);
    }
  }
}

// Axis by axis, innermost first. One tap: outputs are the sums themselves.
ToomPasses ToomCookTask::output_passes(const Axes& residue, int64_t lanes) const {
  ToomBlock points;
  int64_t step = sums_plane_;
  for (int a = 2; a >= 0; --a) {
    points.extent[a] = axes_[a].kind(residue[a]).transform.points();
    points.step[a] = step;
    step *= points.extent[a];
  }
  ToomPasses passes(points, lanes, kPatchesAhead * lanes, output_steps_, axes_.most_points() * lanes, lanes);
  for (int a = 2; a >= 0; --a) {
    const ToomTransform& transform = axes_[a].kind(residue[a]).transform;
    if (transform.taps == 1) continue;
    passes.axis(a, transform.outputs, nullptr);
    passes.lines(op_.output_lines(transform), 0, 0);
  }
  passes.end();
  return passes;
}

ToomFinishArgs ToomCookTask::finish_args(const Panel& panel, const ToomBlock& outputs) const {
  ToomFinishArgs args{};
  args.sums_row = outputs.step[1];
  args.sums_step = outputs.step[2];
  args.scale = op_.vectors().scale(share_.group, panel);
  args.bias = op_.vectors().bias(share_.group, panel);
  args.slopes = op_.vectors().slopes(share_.group, panel);
  args.epilogue = &params_.epilogue;
  if (plan_.gathers_dst_) {
    args.rows = axes_[1].outputs;
    args.columns = axes_[2].outputs;
    args.floats = op_.panel_lanes(panel);
    args.finish = !params_.epilogue.has_residual;
    args.dst_step = axes_[2].spacing * axes_[2].stride * args.floats;
  } else {
    const int64_t pixel = params_.out_channels;
    args.floats = panel.channels;
    args.finish = true;
    args.stream = streams_dst_;
    args.dst_row = axes_[1].stride * axes_[1].spacing * plan_.shape_.out[2] * pixel;
    args.dst_step = axes_[2].stride * axes_[2].spacing * pixel;
  }
  return args;
}

// The outputs of a patch that exist.
void ToomCookTask::finish_direct(const Panel& panel, const Axes& residue, const Place& place, const ToomBlock& outputs,
                                 ToomFinishArgs* args) const {
  const Axes& extent = plan_.shape_.out;
  int64_t begin[3], end[3], first[3];
  for (int a = 0; a < 3; ++a) {
    const int64_t step = axes_[a].stride * axes_[a].spacing;
    first[a] = out(a, residue[a], place.first[a]);
    begin[a] = first[a] >= 0 ? 0 : ceil_div(-first[a], step);
    end[a] = std::min<int64_t>(axes_[a].outputs, ceil_div(extent[a] - first[a], step));
    if (begin[a] >= end[a]) return;
    first[a] += begin[a] * step;
  }
  args->rows = end[1] - begin[1];
  args->columns = end[2] - begin[2];
  const float* sums = args->sums + begin[1] * outputs.step[1] + begin[2] * outputs.step[2];
  for (int64_t d = begin[0]; d < end[0]; ++d, first[0] += axes_[0].stride * axes_[0].spacing) {
    const int64_t pixel = ((place.image * extent[0] + first[0]) * extent[1] + first[1]) * extent[2] + first[2];
    const int64_t at = pixel * params_.out_channels + share_.group * params_.out_channels_per_group() + panel.channel;
    args->sums = sums + d * outputs.step[0];
    args->dst = static_cast<float*>(args_.dst) + at;
    args->residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + at;
    op_.kernels().finish(*args);
  }
}

// Pixels of the block before row (d, h) of a row of patches.
int64_t ToomCookTask::block_row(const Row& row, int64_t d, int64_t h) const {
  const int64_t stride = axes_[2].stride;
  return ((row.begin - share_.begin) * axes_.outputs() + (d * axes_[1].outputs + h) * row.count * axes_[2].outputs) * stride;
}

// All outputs of a patch, those outside of dst too. A residual lies in dst's layout and is added when the rows are stored.
void ToomCookTask::finish_to_block(const Axes& residue, const Row& row, const Place& place, const ToomBlock& outputs, float* block,
                                   ToomFinishArgs* args) const {
  const int64_t lanes = args->floats, stride = axes_[2].stride;
  const float* sums = args->sums;
  args->dst_row = row.count * axes_[2].outputs * stride * lanes;
  for (int64_t d = 0; d < axes_[0].outputs; ++d) {
    args->sums = sums + d * outputs.step[0];
    args->dst = block + (block_row(row, d, 0) + (place.first[2] - row.place.first[2]) * stride + residue[2]) * lanes;
    op_.kernels().finish(*args);
  }
}

// The block's rows to channels-first dst.
void ToomCookTask::store(const Panel& panel, int64_t number, const Axes& residue) {
  for (int64_t patch = share_.begin; patch < share_.end;) {
    const Row row = row_at(patch);
    for (int64_t d = 0; d < axes_[0].outputs; ++d) {
      for (int64_t h = 0; h < axes_[1].outputs; ++h) store_row(panel, panel_block(number), residue, row, d, h);
    }
    patch += row.count;
  }
}

void ToomCookTask::store_row(const Panel& panel, const float* block, const Axes& residue, const Row& row, int64_t d, int64_t h) {
  const Axes& extent = plan_.shape_.out;
  const int64_t depth = out(0, residue[0], row.place.first[0] + d * axes_[0].spacing);
  const int64_t line = out(1, residue[1], row.place.first[1] + h * axes_[1].spacing), first = out(2, 0, row.place.first[2]);
  const int64_t begin = std::max<int64_t>(0, first), end = std::min(extent[2], first + row.count * axes_[2].outputs * axes_[2].stride);
  if (depth < 0 || depth >= extent[0] || line < 0 || line >= extent[1] || begin >= end) return;
  const int64_t lanes = op_.panel_lanes(panel), spatial = plan_.shape_.out_spatial();
  const int64_t channel = share_.group * params_.out_channels_per_group() + panel.channel;
  const int64_t at = (row.place.image * params_.out_channels + channel) * spatial + (depth * extent[1] + line) * extent[2] + begin;
  StoreRowsArgs store;
  store.block = block + (block_row(row, d, h) + begin - first) * lanes;
  store.pitch = lanes;
  store.pixels = end - begin;
  store.channels = panel.channels;
  store.dst = static_cast<float*>(args_.dst) + at;
  store.residual = args_.residual == nullptr ? nullptr : static_cast<const float*>(args_.residual) + at;
  store.channel_stride = spatial;
  store.slopes = op_.vectors().slopes(share_.group, panel);
  store.epilogue = &params_.epilogue;
  op_.tiles().store_rows(store);
}

}  // namespace deconv
