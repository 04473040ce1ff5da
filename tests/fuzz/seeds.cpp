// SPDX-License-Identifier: Apache-2.0
// fuzz_seeds life_cycle|parsers|attributes|tuning: prints a target's corpus, made from the zoo, the golden cases, the layers of public
// reports, and from a layer with each of its fields spoilt. tests/fuzz/run --seeds writes them to tests/fuzz/corpus.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <string>

#include "fuzz/archive.h"
#include "fuzz/call.h"
#include "fuzz/node.h"
#include "public_faults/layers.h"
#include "support/golden.h"
#include "support/zoo.h"

namespace deconv_fuzz {
namespace {

using deconv_test::Problem;

void print(const std::string& bytes, const std::string& origin) {
  static std::set<std::string> seen;
  if (!seen.insert(bytes).second) return;
  for (const char byte : bytes) std::printf("%02x", static_cast<unsigned char>(byte));
  std::printf(" # %s\n", origin.c_str());
}

template <class T>
std::string to_bytes(const T& value) {
  Writer writer;
  T::tell(writer, value);
  return writer.bytes();
}

// Numbers that have broken arithmetic, in the i-th number that is told.
class Spoiler {
 public:
  Spoiler(int place, int64_t number) : left_(place), number_(number) {}
  bool reached() const { return left_ < 0; }

  void operator()(int64_t& value) { spoil(value, number_); }
  void operator()(int32_t& value) { spoil(value, static_cast<int32_t>(number_)); }
  void operator()(uint8_t& value) { spoil(value, static_cast<uint8_t>(number_)); }
  template <class Other>
  void operator()(Other&) {}

 private:
  template <class Value>
  void spoil(Value& value, Value number) {
    if (left_-- == 0) value = number;
  }
  int left_;
  int64_t number_;
};

template <class T>
void print_spoilt(const T& base) {
  for (const int64_t number : {int64_t{0}, int64_t{-1}, int64_t{3}, int64_t{INT64_MAX}}) {
    for (int place = 0;; ++place) {
      T spoilt = base;
      Spoiler spoiler(place, number);
      T::tell(spoiler, spoilt);
      if (!spoiler.reached()) break;
      print(to_bytes(spoilt), "spoilt: place " + std::to_string(place) + ", " + std::to_string(number));
    }
  }
}

void life_cycle() {
  for (const auto& row : deconv_test::load_zoo(DECONV_TEST_ZOO)) {
    print(to_bytes(to_call(row.problem)), "zoo: " + row.layer);
    print(to_bytes(to_call(deconv_test::shrink(row.problem))), "zoo, shrunk: " + row.layer);
  }
  int place = 0;
  for (const auto& golden : deconv_test::load_golden(DECONV_TEST_GOLDEN)) {
    Call call = to_call(golden.problem);
    call.algorithm = static_cast<uint8_t>(place % (1 + deconv_algorithm_count("highway")));  // the choice, and each algorithm
    call.fill = static_cast<uint8_t>(place % 8);
    call.placement = static_cast<uint8_t>(place);
    call.tame = static_cast<uint8_t>(place / 3 % 8);  // as it is, tamed, and stretched on the first two axes
    if (place++ % 3 == 0) print(to_bytes(call), "golden: " + golden.name);
  }
  for (const auto& layer : deconv_test::kReportedLayers) print(to_bytes(to_call(deconv_test::parse_problem(layer.problem))), layer.report);
  Call base = to_call(deconv_test::parse_problem("d2 n2 g2 ic4 oc6 ih4x5 k3x2 s2x3 d1x2 pb1x0 pe0x1 op1x1 bias prelu"));
  print_spoilt(base);
  for (base.spoil = 1; base.spoil <= 11; ++base.spoil) print(to_bytes(base), "spoilt: call " + std::to_string(base.spoil));
}

void parsers() {
  int place = 0;
  for (const auto& golden : deconv_test::load_golden(DECONV_TEST_GOLDEN)) {
    if (place++ % 12 == 0) print(std::string(1, '\0') + format_problem(golden.problem), "golden: " + golden.name);
  }
  for (const auto& layer : deconv_test::kReportedLayers) print(std::string(1, '\0') + layer.problem, layer.report);
  print(std::string(1, '\0') + "d2 n3 g1 ic3 oc4 ih4x5 k3x3 t2 src:nhwc dst:nchw w:ohwi form:correlation strict inplace clamp:-1,6",
        "options");
  std::ifstream file(DECONV_TEST_ZOO);
  std::string header, line;
  std::getline(file, header);
  for (place = 0; std::getline(file, line); ++place) {
    if (place % 20 == 0) print(std::string(1, static_cast<char>(1 + place / 20 % 2)) + header + "\n" + line + "\n", "zoo");
  }
}

void attributes() {
  Node base;
  base.weights = {4, 3, 3, 2};
  base.x = {1, 4, 5, 6};
  for (uint8_t word = 0; word < 5; ++word) {
    for (int list = 0; list < 6; ++list) {
      Node node = base;
      node.auto_pad = word;
      node.text = "SAME";
      node.lists[list] = list == 0 ? std::vector<int64_t>{3, 2} : list == 3 ? std::vector<int64_t>{1, 0, 1, 1} : std::vector<int64_t>{2, 3};
      print(to_bytes(node), "auto_pad and list");
      node.lists[list].push_back(1);
      print(to_bytes(node), "a list too long");
    }
  }
  base.lists[1] = base.lists[2] = base.lists[4] = base.lists[5] = {2, 2};
  base.lists[3] = {1, 1, 1, 1};
  print_spoilt(base);
  base.fused = 1;
  for (base.activation = 0; base.activation < 11; ++base.activation) print(to_bytes(base), "fused");
}

void tuning() {
  const std::string header = "deconv-tuning 1 0.1.0 A CPU\n", comment = "# problem = chosen, time, untuned choice, time, when\n",
                    line =
                        "d2 n1 g1 ic3 oc2 ih5x5 k4x4 s2x2 d1x1 pb1x1 pe1x1 op0x0 f32 layout:nchw t2 isa:AVX3 = highway/pixel_gemm 37100ns "
                        "highway/phase_gemm 41000ns 2026-11-26T15:00:00Z\n";
  print("", "nothing");
  print(header, "no problems");
  print(header + comment + line, "one problem");
  print(header + line + line, "one problem twice");
  print(header + "d1 n1 = onednn 1ns naive 999999999999999ns 2025-01-01T00:00:00Z\n" + line, "two problems");
  print("deconv-tuning 2 0.1.0 A CPU\n", "another format");
  print("deconv-tuning 1 0.2.0 A CPU\n", "another version");
  print("deconv-tuning 1 0.1.0 Another\n", "another CPU");
  for (size_t length = 1; length < line.size(); length += 7) print(header + line.substr(0, length) + "\n", "a line cut short");
}

}  // namespace
}  // namespace deconv_fuzz

int main(int argc, char** argv) {
  const std::string target = argc == 2 ? argv[1] : "";
  if (target == "life_cycle") {
    deconv_fuzz::life_cycle();
  } else if (target == "parsers") {
    deconv_fuzz::parsers();
  } else if (target == "attributes") {
    deconv_fuzz::attributes();
  } else if (target == "tuning") {
    deconv_fuzz::tuning();
  } else {
    std::fprintf(stderr, "fuzz_seeds life_cycle|parsers|attributes|tuning\n");
    return 2;
  }
  return 0;
}
