// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <stdexcept>

#include "result_json.h"
#include "text.h"

namespace deconv::tool {
namespace {

// Quoted where a comma, a quote or a line end would end the field.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string figures(const RowResult& row) {
  const Interval interval = row.interval();
  std::string text = format("%.9g,", row.median_ms());
  text += interval.coverage == 0 ? ",," : format("%.9g,%.9g,", interval.low, interval.high);
  return text + format("%.6g,%.6g,%lld,%lld,%.3g,%.3g,%.6g,%.6g,%lld", row.gflops(), row.percent_of_bound(),
                       static_cast<long long>(row.flops), static_cast<long long>(row.bytes), row.verification.max_error,
                       row.verification.max_error_bound, row.create_ms, row.plan_us, static_cast<long long>(row.workspace_bytes));
}

}  // namespace

void write_csv(const Results& results, const std::string& path) {
  std::ofstream file(path);
  file << "layer,shape,layout,threads,variant,algorithm,description,median_ms,low_ms,high_ms,gflops,percent_of_bound,flops,bytes,max_error,"
          "max_error_bound,create_ms,plan_us,workspace_bytes,error\n";
  for (const RowResult& row : results.rows) {
    file << field(row.layer.name) << "," << field(bench::to_text(row.layer)) << "," << bench::to_text(row.layout) << "," << row.threads
         << "," << row.variant << "," << row.algorithm << "," << field(row.description) << ","
         << (row.error.empty() ? figures(row) : std::string(11, ',')) << "," << field(row.error) << "\n";
  }
  file.close();
  if (!file) throw std::runtime_error("--csv: cannot write " + path);
}

}  // namespace deconv::tool
