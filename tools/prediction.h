// SPDX-License-Identifier: Apache-2.0
// What deconv_explain says of a layer's candidates, with the cost model's figures as times on this machine.
#pragma once

#include <string>
#include <vector>

#include "layer.h"
#include "machine.h"

namespace deconv::tool {

struct CandidateLine {
  std::string name;     // "highway/toom_cook"; "tuning": a remark on what was measured
  std::string verdict;  // "chosen", "possible", "declined"; "" of a remark
  std::string reason;
  double predicted_ms = 0;  // 0: the backend has no cost model
};

// From one line of deconv_explain. The model counts vector multiply-adds for each input pixel of a group; they become a time by the peak,
// and no time is below what memory needs for the compulsory traffic.
CandidateLine parse_candidate(const std::string& line, const bench::Layer& layer, const bench::Roof& roof);

// In ranked order, what is declined last. Throws std::runtime_error in the library's words.
std::vector<CandidateLine> explain(const bench::Layer& layer, bench::Layouts layouts, int threads, const bench::Roof& roof);

}  // namespace deconv::tool
