// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_channels/plan.h"

#include <algorithm>

#include "core/aligned_buffer.h"
#include "core/division.h"
#include "highway/workspace.h"

namespace deconv {

PhaseChannelsPlan::PhaseChannelsPlan(const PhaseChannelsOperator& op, const Shape& shape) : op_(op), shape_(shape) {
  const int64_t phases = op.phases(), out = shape.out[2], begin = shape.padding.begin[2], channels = op.row() / phases;
  src_image_ = shape.in[2] * op.in_channels();
  dst_image_ = out * channels;
  const int64_t first = ceil_div(begin, phases), head = std::min(out, first * phases - begin);
  const int64_t rows = (out - head) / phases, tail = out - head - rows * phases;
  head_ = head * channels;
  if (head > 0) add_cut_row(first - 1, (begin - (first - 1) * phases) * channels, head_, 0);
  if (tail > 0) add_cut_row(first + rows, 0, tail * channels, dst_image_ - tail * channels);
  if (rows > 0) {
    runs_ = cut_.empty() ? 1 : shape.batch;
    whole_ = plan_rows(first, rows, cut_.empty() ? shape.batch : 1);
    workspace_bytes_ = std::max(workspace_bytes_, whole_->workspace_bytes());
  }
}

// Rows [first, first + rows) of the folded layer: the pads cut away the others.
std::unique_ptr<const Plan> PhaseChannelsPlan::plan_rows(int64_t first, int64_t rows, int64_t batch) const {
  Shape folded = shape_;
  folded.batch = batch;
  folded.out[2] = rows;
  const int64_t end = shape_.in[2] + op_.taps() - 1 - first - rows;
  folded.padding.begin[2] = first;
  folded.padding.end[2] = std::max<int64_t>(0, end);
  folded.padding.output[2] = std::max<int64_t>(0, -end);
  return op_.folded().plan(folded);
}

void PhaseChannelsPlan::add_cut_row(int64_t position, int64_t skip, int64_t floats, int64_t at) {
  cut_.push_back({plan_rows(position, 1, shape_.batch), skip, floats, at});
  cut_bytes_ = workspace_part(shape_.batch, op_.row(), sizeof(float));
  const size_t bytes = kAlignment - 1 + cut_bytes_ + cut_.back().plan->workspace_bytes();
  workspace_bytes_ = std::max(workspace_bytes_, bytes);
}

std::string PhaseChannelsPlan::description() const {
  const Plan& plan = whole_ == nullptr ? *cut_.front().plan : *whole_;
  return op_.isa() + "/phase_channels: " + std::to_string(op_.row()) + " channels by " + plan.description();
}

deconv_status PhaseChannelsPlan::run(const RunArguments& args, const Parallel& parallel) const noexcept {
  deconv_status status = run_whole_rows(args, parallel);
  for (size_t i = 0; status == DECONV_OK && i < cut_.size(); ++i) status = run_cut_row(cut_[i], args, parallel);
  return status;
}

deconv_status PhaseChannelsPlan::run_whole_rows(const RunArguments& args, const Parallel& parallel) const noexcept {
  if (whole_ == nullptr) return DECONV_OK;
  const auto *src = static_cast<const float*>(args.src), *residual = static_cast<const float*>(args.residual);
  float* dst = static_cast<float*>(args.dst) + head_;
  if (residual != nullptr) residual += head_;
  deconv_status status = DECONV_OK;
  for (int64_t i = 0; status == DECONV_OK && i < runs_; ++i) {
    const int64_t at = i * dst_image_;
    status = whole_->run({src + i * src_image_, dst + at, residual == nullptr ? nullptr : residual + at, args.workspace}, parallel);
  }
  return status;
}

// The residual is read where the row is computed.
deconv_status PhaseChannelsPlan::run_cut_row(const CutRow& row, const RunArguments& args, const Parallel& parallel) const noexcept {
  char* workspace = align_up(args.workspace);
  auto* rows = reinterpret_cast<float*>(workspace);
  const auto* residual = static_cast<const float*>(args.residual);
  for (int64_t i = 0; residual != nullptr && i < shape_.batch; ++i) {
    float* to = rows + i * op_.row();
    std::fill_n(to, op_.row(), 0.0f);
    std::copy_n(residual + i * dst_image_ + row.at, row.floats, to + row.skip);
  }
  const deconv_status status = row.plan->run({args.src, rows, residual == nullptr ? nullptr : rows, workspace + cut_bytes_}, parallel);
  for (int64_t i = 0; status == DECONV_OK && i < shape_.batch; ++i) {
    std::copy_n(rows + i * op_.row() + row.skip, row.floats, static_cast<float*>(args.dst) + i * dst_image_ + row.at);
  }
  return status;
}

}  // namespace deconv
