// SPDX-License-Identifier: Apache-2.0
// One task of a run with columns: slab after slab of src's rows is multiplied, and the rows of dst that are complete then are finished.
#pragma once

#include "highway/pixel_gemm/columns.h"

namespace deconv {

class ColumnsTask {
 public:
  ColumnsTask(const ColumnsPlan& plan, const RunArguments& args, char* workspace, const ColumnsPlan::Box& box);

  // `next`: the box whose first inputs are fetched meanwhile.
  void run(const ColumnsPlan::Box& next);

 private:
  // Inputs that a box reads: rows and pixels of a row.
  struct Inputs {
    int64_t begin[2], end[2];
    int64_t extent(int i) const { return end[i] - begin[i]; }
  };
  Inputs inputs(const ColumnsPlan::Box& box) const;
  PixelPrefetch src_lines(const ColumnsPlan::Box& box, int64_t row_begin, int64_t row_end, int64_t begin, int64_t end) const;

  void multiply(int64_t row_begin, int64_t row_end);
  void multiply_piece(int64_t row_begin, int64_t row_end, int64_t begin, int64_t end);
  int64_t ring_row(int64_t row) const { return (row - in_.begin[0]) % plan_.ring_rows_; }
  void multiply_run(const float* src, int64_t at, int64_t positions, int64_t begin, int64_t end);
  void multiply_copy(const float* src, int64_t at, int64_t rows, int64_t width, int64_t begin, int64_t end);
  void multiply_chunks(PixelGemmArgs gemm, int64_t at, int64_t begin, int64_t end);
  void finish_rows(int64_t j_begin, int64_t j_end);
  void finish_row(int64_t j, int64_t residue, int64_t channel);

  const ColumnsPlan& plan_;
  const PixelGemmOperator& op_;
  const Parameters& params_;
  const RunArguments& args_;
  ColumnsPlan::Box box_;
  Inputs in_;
  float *packed_, *columns_, *sums_;
  PixelPrefetch prefetch_{}, next_{};
  PixelCopy no_copy_{};
};

}  // namespace deconv
