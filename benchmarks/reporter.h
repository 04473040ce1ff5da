// SPDX-License-Identifier: Apache-2.0
// Progress on stderr while the benchmark runs, the table on stdout at its end.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

#include "table.h"
#include "timings.h"

namespace deconv::bench {

class TableReporter : public benchmark::BenchmarkReporter {
 public:
  // Rows that will run, in order, and where their times will be.
  TableReporter(std::vector<RowSpec> rows, const Timings& timings) : rows_(std::move(rows)), timings_(timings) {}

  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  std::vector<RowSpec> rows_;
  const Timings& timings_;
  std::map<std::string, Result> results_;
};

}  // namespace deconv::bench
