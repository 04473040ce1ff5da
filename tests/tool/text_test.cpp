// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <doctest/doctest.h>

#include <sstream>

#include "bench_table.h"
#include "prediction.h"

using namespace deconv::tool;

TEST_CASE("text: figures") {
  CHECK(milliseconds(0.01234) == "0.0123");
  CHECK(milliseconds(12.345) == "12.35");
  CHECK(bytes_text(48 << 10) == "48 KiB");
  CHECK(bytes_text(2621440) == "2.5 MiB");
  CHECK(operations(8589934592) == "8.59 GFLOP");
  CHECK(duration(59.2) == "1:00");
  CHECK(duration(3723) == "1:02:03");
  CHECK(percent(0.84) == "0.8 %");
}

TEST_CASE("text: lines end at 80 columns") {
  std::string words;
  for (int i = 0; i < 100; ++i) words += "word" + std::to_string(i) + " ";
  std::istringstream lines(wrap("first: ", words));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CHECK(line.size() <= kColumns);
    CHECK(line.rfind(count == 0 ? "first: word0" : "       word", 0) == 0);
  }
  CHECK(count > 5);
  CHECK(wrap("a: ", std::string(100, 'x')) == "a: " + std::string(77, 'x') + "\n   " + std::string(23, 'x') + "\n");
  CHECK(wrap("a: ", "b " + std::string(80, 'x')) == "a: b\n   " + std::string(77, 'x') + "\n   xxx\n");
  CHECK(cut("abcdef", 4) == "ab..");
  CHECK(cut("ab", 4) == "ab  ");
}

TEST_CASE("text: the table of results stays within 80 columns") {
  Results results;
  for (const char* variant : {"highway", "highway:overlap_add", "onednn"}) {
    RowResult row;
    row.layer.name = "a_layer_with_a_name_that_is_longer_than_any_in_the_zoo_and_then_some";
    row.layer.rank = 3;
    for (int axis = 0; axis < 3; ++axis)
      row.layer.in[axis] = row.layer.kernel[axis] = row.layer.stride[axis] = row.layer.dilation[axis] = 128 + axis;
    row.variant = row.backend = variant;
    row.algorithm = "overlap_add";
    row.flops = 1000000000;
    row.bound_ms = 1234;
    for (int round = 0; round < 10; ++round) row.rounds.push_back({1, 0.25, {12345.6 + round}});
    results.rows.push_back(row);
  }
  results.rows[2].error = "unsupported: a reason that takes more than the rest of one line to be told to whoever asked for it";
  std::istringstream lines(format_results(results));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= kColumns);
  }
}

TEST_CASE("prediction: the lines of an explanation") {
  deconv::bench::Layer layer;
  layer.in_channels = layer.out_channels = 1;
  for (int axis = 0; axis < 2; ++axis)
    layer.in[axis] = layer.out[axis] = 100, layer.kernel[axis] = layer.stride[axis] = layer.dilation[axis] = 1;
  const deconv::bench::Roof roof{1, 1e9, 1e9, {{1, 1e12, 1e12, 1e12}}};
  const CandidateLine chosen =
      parse_candidate("highway/x: chosen, about 2.5e3 vector multiply-adds for each input pixel: good, F(2,3)", layer, roof);
  CHECK(chosen.name == "highway/x");
  CHECK(chosen.verdict == "chosen");
  CHECK(chosen.reason == "good, F(2,3)");
  CHECK(chosen.predicted_ms > 0);
  const CandidateLine declined = parse_candidate("naive: declined, about time", layer, roof);
  CHECK(declined.reason == "about time");
  CHECK(declined.predicted_ms == 0);
  const CandidateLine tuned = parse_candidate(
      "highway/x: chosen, tuned: 13.95 ms, measured today, about 2.5e3 vector multiply-adds for each input pixel: good", layer, roof);
  CHECK(tuned.reason == "tuned: 13.95 ms, measured today, good");
  CHECK(tuned.predicted_ms == chosen.predicted_ms);
  const CandidateLine remark = parse_candidate("tuning: \"a.txt\" is ignored: it is empty", layer, roof);
  CHECK(remark.verdict.empty());
  CHECK(remark.reason == "\"a.txt\" is ignored: it is empty");
  CHECK(parse_candidate("naive: possible", layer, roof).verdict == "possible");
}
