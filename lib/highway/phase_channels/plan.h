// SPDX-License-Identifier: Apache-2.0
// Where a layer's outputs stand among the rows of the folded one: a row is one position of all phases.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "highway/phase_channels/operator.h"

namespace deconv {

// Pads that are no whole strides cut the first and the last row. Whole rows are computed in dst, where they stand; cut ones, of all images
// at once, in the workspace, and what is left of them is copied.
class PhaseChannelsPlan final : public Plan {
 public:
  PhaseChannelsPlan(const PhaseChannelsOperator& op, const Shape& shape);

  size_t workspace_bytes() const override { return workspace_bytes_; }
  std::string description() const override;
  deconv_status run(const RunArguments& args, const Parallel& parallel) const noexcept override;

 private:
  // A row of which dst holds a part.
  struct CutRow {
    std::unique_ptr<const Plan> plan;  // of all images
    int64_t skip;                      // its first floats that lie before dst
    int64_t floats;                    // that dst holds
    int64_t at;                        // where, in each image
  };

  std::unique_ptr<const Plan> plan_rows(int64_t first, int64_t rows, int64_t batch) const;
  void add_cut_row(int64_t position, int64_t skip, int64_t floats, int64_t at);
  deconv_status run_whole_rows(const RunArguments& args, const Parallel& parallel) const noexcept;
  deconv_status run_cut_row(const CutRow& row, const RunArguments& args, const Parallel& parallel) const noexcept;

  const PhaseChannelsOperator& op_;
  Shape shape_;
  int64_t src_image_, dst_image_;      // floats
  int64_t head_ = 0;                   // floats of dst before the first whole row
  std::unique_ptr<const Plan> whole_;  // null: no row is whole
  int64_t runs_ = 1;                   // of it: one for each image where cut rows stand between the images
  std::vector<CutRow> cut_;
  size_t cut_bytes_ = 0;  // of the workspace: [image][row]
  size_t workspace_bytes_ = 0;
};

}  // namespace deconv
