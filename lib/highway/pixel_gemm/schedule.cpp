// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/schedule.h"

#include <algorithm>
#include <map>

#include "core/division.h"
#include "core/geometry.h"

namespace deconv {
namespace {

// Above this many phases a block holds a single outer phase.
constexpr int64_t kMostPhasesTogether = 256;

// Groups the keys by their sets of members, in the order of the first key of each set.
std::vector<AxisGroup> group_by_members(const std::vector<std::vector<int64_t>>& members, bool keys_are_shifts) {
  std::map<std::vector<int64_t>, size_t> known;
  std::vector<AxisGroup> groups;
  for (size_t key = 0; key < members.size(); ++key) {
    if (members[key].empty()) continue;
    const auto [found, added] = known.emplace(members[key], groups.size());
    if (added) {
      groups.emplace_back();
      (keys_are_shifts ? groups.back().residues : groups.back().shifts) = members[key];
    }
    AxisGroup& group = groups[found->second];
    (keys_are_shifts ? group.shifts : group.residues).push_back(static_cast<int64_t>(key));
  }
  return groups;
}

// Cycles of one vector of positions. A row is one multiply-add; fewer than three rows wait for the load of src, which crosses a cache line
// and takes two, and every chunk reads src from L2 again.
double chunk_cycles(double rows, double steps, double channels) {
  constexpr double kLoad = 2.4, kAgain = 0.25, kSums = 3;
  return steps * channels * std::max(rows + kAgain, kLoad) + kSums * rows;
}

double pass_cycles(int64_t rows, int64_t steps, int64_t channels, int most_rows) {
  const auto chunks = static_cast<double>(ceil_div(rows, most_rows));
  return chunks * chunk_cycles(static_cast<double>(rows) / chunks, static_cast<double>(steps), static_cast<double>(channels));
}

}  // namespace

std::vector<AxisGroup> axis_groups(int64_t kernel, int64_t stride, int64_t dilation, Grouping grouping) {
  const std::vector<AxisPhase> phases = axis_phases(kernel, stride, dilation);
  std::vector<std::vector<int64_t>> members;
  if (grouping == Grouping::kByResidue) {
    for (const AxisPhase& phase : phases) {
      members.emplace_back();
      for (const AxisPhase::Tap& tap : phase.taps) members.back().push_back(tap.shift);
    }
  } else {
    members.resize(static_cast<size_t>(dilation * (kernel - 1) / stride + 1));
    for (const AxisPhase& phase : phases) {
      for (const AxisPhase::Tap& tap : phase.taps) members[tap.shift].push_back(phase.residue);
    }
  }
  return group_by_members(members, grouping == Grouping::kByShift);
}

Schedule::Schedule(const Parameters& params, int most_rows)
    : stride_(params.stride), channels_last_(params.dst_layout == DECONV_CHANNELS_LAST) {
  for (const AxisPhase& d : axis_phases(params.kernel[0], params.stride[0], params.dilation[0])) {
    for (const AxisPhase& h : axis_phases(params.kernel[1], params.stride[1], params.dilation[1])) {
      idle_pairs_.push_back(d.taps.empty() || h.taps.empty());
    }
  }
  cut_blocks(params.out_channels_per_group());
  Groups groups;
  choose_groups(params, most_rows, &groups);
  for (PixelBlock& block : blocks_) fill_block(groups, most_rows, &block);
}

void Schedule::cut_blocks(int64_t channels) {
  const int64_t pairs = stride_[0] * stride_[1];
  const int64_t pairs_together = pairs * stride_[2] <= kMostPhasesTogether ? pairs : 1;
  const int64_t most = std::clamp<int64_t>(kBlockRows / (pairs_together * stride_[2]), 1, channels);
  const int64_t pieces = ceil_div(channels, most), piece = ceil_div(channels, pieces);
  int64_t first_row = 0;
  for (int64_t pair = 0; pair < pairs; pair += pairs_together) {
    for (int64_t channel = 0; channel < channels; channel += piece) {
      PixelBlock block{};
      block.pair_begin = pair;
      block.pair_end = pair + pairs_together;
      block.channel_begin = channel;
      block.channel_end = std::min(channels, channel + piece);
      block.first_row = first_row;
      first_row += block_rows(block);
      most_block_rows_ = std::max(most_block_rows_, block_rows(block));
      blocks_.push_back(block);
    }
  }
}

// The cheapest of the groupings of the axes, by the first block's channels.
void Schedule::choose_groups(const Parameters& p, int most_rows, Groups* groups) {
  std::vector<AxisGroup> candidates[3][2];
  for (int a = 0; a < 3; ++a) {
    for (const Grouping grouping : {Grouping::kByShift, Grouping::kByResidue}) {
      candidates[a][static_cast<int>(grouping)] = axis_groups(p.kernel[a], p.stride[a], p.dilation[a], grouping);
    }
  }
  for (int choice = 0; choice < 8; ++choice) {
    const auto& d = candidates[0][choice & 1];
    const auto& h = candidates[1][choice >> 1 & 1];
    const auto& w = candidates[2][choice >> 2 & 1];
    double cycles = 0;
    for (const AxisGroup& gd : d) {
      for (const AxisGroup& gh : h) {
        for (const AxisGroup& gw : w) {
          const size_t rows = gd.residues.size() * gh.residues.size() * gw.residues.size();
          const size_t steps = gd.shifts.size() * gh.shifts.size() * gw.shifts.size();
          cycles += pass_cycles(static_cast<int64_t>(rows) * blocks_[0].channels(), static_cast<int64_t>(steps), p.in_channels_per_group(),
                                most_rows);
        }
      }
    }
    if (choice > 0 && cycles >= cycles_) continue;
    cycles_ = cycles;
    for (int a = 0; a < 3; ++a) (*groups)[a] = candidates[a][choice >> a & 1];
  }
}

void Schedule::fill_block(const Groups& groups, int most_rows, PixelBlock* block) {
  const bool first_block = block == blocks_.data();
  std::vector<bool> touched(static_cast<size_t>(block_rows(*block)));
  block->chunk_begin = static_cast<int64_t>(chunks_.size());
  block->products_before = products_;
  int64_t step_begin = 0;
  for (const AxisGroup& d : groups[0]) {
    for (const AxisGroup& h : groups[1]) {
      for (const AxisGroup& w : groups[2]) {
        const auto step_count = static_cast<int64_t>(d.shifts.size() * h.shifts.size() * w.shifts.size());
        std::vector<int32_t> rows[2];  // continued, fresh
        for (const int64_t rd : d.residues) {
          for (const int64_t rh : h.residues) {
            const int64_t pair = rd * stride_[1] + rh;
            if (pair < block->pair_begin || pair >= block->pair_end) continue;
            for (int64_t channel = 0; channel < block->channels(); ++channel) {
              for (const int64_t rw : w.residues) {
                const int64_t number = row(*block, pair, rw, channel);
                rows[touched[number] ? 0 : 1].push_back(static_cast<int32_t>(number));
                touched[number] = true;
              }
            }
          }
        }
        for (const int64_t sd : d.shifts) {
          for (const int64_t sh : h.shifts) {
            for (const int64_t sw : w.shifts) {
              if (first_block) steps_.push_back({sd, sh, sw});
            }
          }
        }
        for (const bool fresh : {false, true}) add_chunks(rows[fresh ? 1 : 0], fresh, step_begin, step_count, most_rows, block);
        step_begin += step_count;
      }
    }
  }
  block->chunk_end = static_cast<int64_t>(chunks_.size());
  block->products = products_ - block->products_before;
  block->idle_begin = static_cast<int64_t>(rows_.size());
  for (size_t i = 0; i < touched.size(); ++i) {
    if (!touched[i]) rows_.push_back(static_cast<int32_t>(i));
  }
  block->idle_end = static_cast<int64_t>(rows_.size());
}

void Schedule::add_chunks(const std::vector<int32_t>& rows, bool fresh, int64_t step_begin, int64_t step_count, int most_rows,
                          PixelBlock* block) {
  const int64_t count = static_cast<int64_t>(rows.size()), pieces = ceil_div(count, most_rows);
  for (int64_t piece = 0; piece < pieces; ++piece) {
    const int64_t begin = count * piece / pieces, end = count * (piece + 1) / pieces;
    PixelChunk chunk{};
    chunk.rows = static_cast<int>(end - begin);
    chunk.fresh = fresh;
    chunk.first_row = static_cast<int64_t>(rows_.size());
    chunk.step_begin = step_begin;
    chunk.step_count = step_count;
    chunk.products_before = products_ - block->products_before;
    rows_.insert(rows_.end(), rows.begin() + begin, rows.begin() + end);
    products_ += chunk.rows * step_count;
    chunks_.push_back(chunk);
  }
}

Schedule::Row Schedule::row_at(const PixelBlock& block, int64_t row) const {
  const int64_t channels = block.channels();
  const int64_t phase = row / (channels * stride_[2]), rest = row % (channels * stride_[2]);
  const int64_t residue = channels_last_ ? rest / channels : rest % stride_[2];
  const int64_t channel = channels_last_ ? rest % channels : rest / stride_[2];
  const int64_t pair = block.pair_begin + phase;
  return {{pair / stride_[1], pair % stride_[1], residue}, block.channel_begin + channel};
}

}  // namespace deconv
