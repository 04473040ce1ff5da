// SPDX-License-Identifier: Apache-2.0
// Tuning files as text: what is written is read, and nothing else is.
#include <algorithm>

#include "core/cpu_model.h"
#include "core/error.h"
#include "core/tuning_text.h"
#include "tuning/fixture.h"

using deconv::TuningRecords;
using namespace deconv_test;

namespace {

const deconv::TuningOwner kOwner{"0.1.0", "A CPU (R) @ 2.10GHz"};
const std::string kHeader = "deconv-tuning 1 0.1.0 A CPU (R) @ 2.10GHz\n";
const std::string kProblem = "d2 n1 g1 ic512 oc256 ih32x32 k4x4 s2x2 d1x1 pb1x1 pe1x1 op0x0 f32 layout:nchw t2 isa:AVX3";
const std::string kLine = kProblem + " = highway/pixel_gemm 37100ns highway/phase_gemm 41000ns 2026-11-26T15:00:00Z\n";

// The reason, or "" where the text was read.
std::string refusal(const std::string& text) {
  try {
    deconv::parse_tuning(text, kOwner);
    return "";
  } catch (const deconv::Error& error) {
    CHECK(error.status() == DECONV_UNSUPPORTED);
    return error.what();
  }
}

}  // namespace

TEST_CASE("tuning text: what is written is read") {
  const TuningRecords records{{kProblem, record("highway/pixel_gemm")}, {"d1 n1", record("onednn", "2025-01-01T00:00:00Z")}};
  const std::string text = deconv::format_tuning(records, kOwner);
  CHECK(text.rfind(kHeader, 0) == 0);
  CHECK(has(text, kLine));
  const TuningRecords read = deconv::parse_tuning(text, kOwner);
  CHECK(same(read, records));
  CHECK(read.at(kProblem).chosen == "highway/pixel_gemm");
  CHECK(read.at(kProblem).nanoseconds == 37100);
  CHECK(read.at(kProblem).untuned == "highway/phase_gemm");
  CHECK(read.at(kProblem).untuned_nanoseconds == 41000);
  CHECK(read.at(kProblem).measured == "2026-11-26T15:00:00Z");
  CHECK(deconv::parse_tuning("", kOwner).empty());
  CHECK(deconv::parse_tuning(kHeader, kOwner).empty());
}

TEST_CASE("tuning text: of two lines of a problem the later measurement counts") {
  const std::string early = kProblem + " = naive 1ns naive 1ns 2024-01-01T00:00:00Z\n";
  for (const std::string& text : {kHeader + early + kLine, kHeader + kLine + early}) {
    CHECK(deconv::parse_tuning(text, kOwner).at(kProblem).chosen == "highway/pixel_gemm");
  }
}

TEST_CASE("tuning text: another owner's measurements") {
  CHECK(has(refusal("deconv-tuning 2 0.1.0 A CPU\n"), "format \"2\""));
  CHECK(has(refusal("deconv-tuning 1 0.0.9 A CPU (R) @ 2.10GHz\n" + kLine), "version \"0.0.9\""));
  const std::string cpu = refusal("deconv-tuning 1 0.1.0 Another CPU\n" + kLine);
  CHECK(has(cpu, "\"Another CPU\""));
  CHECK(has(cpu, "\"A CPU (R) @ 2.10GHz\""));
  CHECK(has(refusal("#!/bin/sh\nrm -rf x\n"), "no tuning file"));
  CHECK(has(refusal(std::string("\x7f"
                                "ELF\0\n",
                                6)),
            "no tuning file"));
  CHECK_FALSE(deconv::is_tuning_text("#!/bin/sh\n"));
  CHECK(deconv::is_tuning_text(kHeader));
  CHECK(deconv::is_tuning_text("deconv-tuning 2 whatever"));
  CHECK(deconv::is_tuning_text(""));
}

TEST_CASE("tuning text: a file cut anywhere is whole lines or nothing") {
  const std::string text = deconv::format_tuning({{kProblem, record("highway/pixel_gemm")}, {"d1 n1", record("onednn")}}, kOwner);
  for (size_t length = 1; length < text.size(); ++length) {
    CAPTURE(length);
    CHECK((refusal(text.substr(0, length)) == "") == (text[length - 1] == '\n'));
  }
}

TEST_CASE("tuning text: lines that are no measurement") {
  const char* const kBad[] = {
      "",                                                                     // an empty line
      "d1 n1",                                                                // no choice
      "d1 n1 = ",                                                             // nothing chosen
      "d1 n1 = naive 1ns naive 1ns",                                          // no time of day
      "d1 n1 = naive 1ns naive 1ns 2026-11-26",                               // half of one
      "d1 n1 = naive 1ns naive 1ns 2026-11-26T15:00:00Z ",                    // something after it
      "d1 n1 = naive 0ns naive 1ns 2026-11-26T15:00:00Z",                     // no time at all
      "d1 n1 = naive -5ns naive 1ns 2026-11-26T15:00:00Z",                    // less
      "d1 n1 = naive 1us naive 1ns 2026-11-26T15:00:00Z",                     // another unit
      "d1 n1 = naive 1.5ns naive 1ns 2026-11-26T15:00:00Z",                   // a fraction
      "d1 n1 = naive 99999999999999999999ns naive 1ns 2026-11-26T15:00:00Z",  // beyond 64 bits
      "d1 n1 = naive 9000000000000000ns naive 1ns 2026-11-26T15:00:00Z",      // months
      "d1 n1 = Naive 1ns naive 1ns 2026-11-26T15:00:00Z",                     // no name
      "d1 n1 = ../naive 1ns naive 1ns 2026-11-26T15:00:00Z",                  // nor this
      "d1 n1 = naive 1ns naive%s 1ns 2026-11-26T15:00:00Z",                   // nor this
      "d1 \tn1 = naive 1ns naive 1ns 2026-11-26T15:00:00Z",                   // a control character
      "n1 = naive 1ns naive 1ns 2026-11-26T15:00:00Z",                        // no problem
      " = naive 1ns naive 1ns 2026-11-26T15:00:00Z",                          // none at all
      "d1 n1 = = naive 1ns naive 1ns 2026-11-26T15:00:00Z",                   // twice
      "d1 n1 = naive  1ns naive 1ns 2026-11-26T15:00:00Z",                    // two spaces
  };
  for (const char* line : kBad) {
    CAPTURE(std::string(line));
    CHECK(has(refusal(kHeader + kLine + line + "\n"), "line 3 is no measurement"));
  }
  CHECK(has(refusal(kHeader + std::string(1, '\0') + "\n"), "line 2"));
  CHECK(has(refusal(kHeader + "d" + std::string(700, '1') + kLine.substr(kProblem.size())), "line 2"));
  CHECK(has(refusal(kHeader + "d1 = " + std::string(65, 'a') + " 1ns naive 1ns 2026-11-26T15:00:00Z\n"), "line 2"));
  CHECK(refusal(kHeader + "# a word of the owner's\n" + kLine).empty());
}

// Whatever a flipped bit makes of a file, it is read or refused; a sanitizer watches.
TEST_CASE("tuning text: every bit flipped") {
  const std::string text = kHeader + kLine;
  int refused = 0;
  for (size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string broken = text;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << bit % 8));
    refused += refusal(broken).empty() ? 0 : 1;
  }
  CHECK(refused > static_cast<int>(text.size() * 2));  // digits and names may become others
}

TEST_CASE("tuning text: bounded") {
  TuningRecords records;
  for (size_t i = 0; i < deconv::kMostTuningRecords + 5; ++i) {
    char time[] = "2026-11-26T15:00:00Z";
    if (i < 5) time[3] = '5';  // the oldest
    records["d" + std::string(690, '7') + std::to_string(i)] = record(std::string(64, 'a'), time);
  }
  for (auto& [problem, entry] : records)
    entry.untuned = std::string(64, 'b'), entry.nanoseconds = entry.untuned_nanoseconds = 1'000'000'000'000'000;
  const std::string text = deconv::format_tuning(records, kOwner);
  CHECK(text.size() <= deconv::kMostTuningBytes);
  const TuningRecords read = deconv::parse_tuning(text, kOwner);
  CHECK(read.size() == deconv::kMostTuningRecords);
  CHECK(read.count("d" + std::string(690, '7') + "4") == 0);
  CHECK(read.count("d" + std::string(690, '7') + "5") == 1);
  std::string more = text + kLine;
  CHECK(has(refusal(more), "more than 10000 problems"));
  more.append(deconv::kMostTuningBytes, '\n');
  CHECK(has(refusal(more), "longer than"));
}

TEST_CASE("cpu model: printable, and the same each time") {
  const std::string model = deconv::cpu_model();
  CHECK_FALSE(model.empty());
  CHECK(model.size() <= 200);
  CHECK(std::all_of(model.begin(), model.end(), [](char c) { return c >= ' ' && c <= '~'; }));
  CHECK(model == deconv::cpu_model());
  CHECK(deconv::parse_tuning(deconv::format_tuning({}, deconv::tuning_owner()), deconv::tuning_owner()).empty());
}
