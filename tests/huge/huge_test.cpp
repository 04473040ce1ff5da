// SPDX-License-Identifier: Apache-2.0
// Tensors beyond 2^31 elements and 4 GiB, in address space that takes little memory: src is zero but for some inputs, and of dst those
// pages are kept that these reach, the first and the last ones, and those around 2^30 elements (4 GiB), 2^31, and 2^32 bytes of each image.
// DECONV_TEST_FULL=1 (tests/run --full): every layer on every backend and algorithm, in both layouts.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "huge/huge_memory.h"
#include "support/layer.h"
#include "support/layouts.h"

using namespace deconv_test;

namespace {

// Everything is a small integer: sums are exact.
float small_integer(uint64_t seed, int64_t most) { return static_cast<float>(static_cast<int64_t>(hash64(seed) % (2 * most + 1)) - most); }

struct Place {
  int64_t image, channel, at;
};

size_t index_of(deconv_layout layout, int64_t channels, int64_t spatial, const Place& p) {
  return static_cast<size_t>(layout == DECONV_CHANNELS_FIRST ? (p.image * channels + p.channel) * spatial + p.at
                                                             : (p.image * spatial + p.at) * channels + p.channel);
}

// Inputs that are not zero: corners and a few between them.
std::vector<Place> chosen_inputs(const Problem& p, const Geometry& g) {
  std::vector<Place> places;
  for (int i = 0; i <= 12; ++i) {
    const auto part = [i](int64_t count) { return i == 12 ? count - 1 : static_cast<int64_t>(static_cast<double>(count) * i / 12.0); };
    const auto other = [i](int64_t count) { return static_cast<int64_t>(hash64(i) % count); };
    places.push_back({part(p.batch), i == 12 ? p.in_channels - 1 : other(p.in_channels), part(g.in_spatial())});
    places.push_back({other(p.batch), part(p.in_channels), other(g.in_spatial())});
  }
  return places;
}

class HugeLayer {
 public:
  HugeLayer(const Problem& p, const Target& target)
      : p_(p),
        g_(geometry(p)),
        src_(static_cast<size_t>(p.batch * p.in_channels * g_.in_spatial()) * sizeof(float), HugeMemory::Kind::kZeros),
        dst_(dst_elements() * sizeof(float), HugeMemory::Kind::kScratch) {
    tensors_.weights.resize(p.in_channels * (p.out_channels / p.groups) * g_.taps());
    for (size_t i = 0; i < tensors_.weights.size(); ++i) tensors_.weights[i] = small_integer(i, 3);
    if (p.bias) tensors_.bias.resize(p.out_channels);
    for (size_t i = 0; i < tensors_.bias.size(); ++i) tensors_.bias[i] = small_integer(i + 1000, 8);
    layer_ = std::make_unique<Layer>(p, target, tensors_);
    for (const Place& place : chosen_inputs(p, g_)) add_input(place);
    for (const auto& [element, value] : sums_) keep(element);
    for (size_t edge = 0; edge < dst_elements(); edge += size_t{1} << 30) keep(edge);
    keep(dst_elements() - 1);
  }

  const Layer& layer() const { return *layer_; }

  deconv_status run() {
    std::vector<char> workspace(layer_->plan_info().workspace_bytes + 1);
    deconv_run_args args;
    deconv_run_args_init(&args);
    args.src = src_.floats();
    args.dst = dst_.floats();
    args.workspace = workspace.data();
    args.workspace_size = workspace.size();
    return deconv_run(layer_->plan(), &args);
  }

  int64_t count_wrong() const {
    int64_t wrong = 0;
    for (const auto& [first, last] : pages_) {
      for (size_t element = first; element < last; ++element) wrong += dst_.floats()[element] != expected(element) ? 1 : 0;
    }
    return wrong;
  }
  size_t dst_elements() const { return static_cast<size_t>(p_.batch * p_.out_channels * g_.out_spatial()); }

 private:
  // Scatters one input into sums_.
  void add_input(const Place& in) {
    const float value = small_integer(static_cast<uint64_t>(in.at * 7 + in.channel), 4) + 5.0f;
    src_.floats()[index_of(p_.src_layout, p_.in_channels, g_.in_spatial(), in)] += value;
    const int64_t inputs = p_.in_channels / p_.groups, outputs = p_.out_channels / p_.groups, group = in.channel / inputs;
    const Axes at{in.at / (g_.in[1] * g_.in[2]), in.at / g_.in[2] % g_.in[1], in.at % g_.in[2]};
    for (int64_t tap = 0; tap < g_.taps(); ++tap) {
      const Axes t{tap / (g_.kernel[1] * g_.kernel[2]), tap / g_.kernel[2] % g_.kernel[1], tap % g_.kernel[2]};
      Axes o{};
      bool inside = true;
      for (int a = 0; a < DECONV_MAX_RANK; ++a) {
        o[a] = at[a] * g_.stride[a] + t[a] * g_.dilation[a] - g_.pad_begin[a];
        inside = inside && o[a] >= 0 && o[a] < g_.out[a];
      }
      if (!inside) continue;
      for (int64_t c = 0; c < outputs; ++c) {
        const Place out{in.image, group * outputs + c, (o[0] * g_.out[1] + o[1]) * g_.out[2] + o[2]};
        sums_[index_of(p_.dst_layout, p_.out_channels, g_.out_spatial(), out)] +=
            static_cast<double>(value) * tensors_.weights[(in.channel * outputs + c) * g_.taps() + tap];
      }
    }
  }

  void keep(size_t element) {
    const auto after = std::upper_bound(pages_.begin(), pages_.end(), std::pair(element, SIZE_MAX));
    if (after != pages_.begin() && element < std::prev(after)->second) return;
    const HugeMemory::Page page = dst_.keep(element);
    pages_.insert(after, {page.first, page.last});
  }

  double expected(size_t element) const {
    const auto sum = sums_.find(element);
    const size_t out = g_.out_spatial(), channels = p_.out_channels;
    const size_t channel = p_.dst_layout == DECONV_CHANNELS_FIRST ? element / out % channels : element % channels;
    return (sum == sums_.end() ? 0.0 : sum->second) + (p_.bias ? tensors_.bias[channel] : 0.0);
  }

  Problem p_;
  Geometry g_;
  Tensors tensors_;
  HugeMemory src_, dst_;
  std::unique_ptr<Layer> layer_;
  std::map<size_t, double> sums_;
  std::vector<std::pair<size_t, size_t>> pages_;  // in order
};

bool full() {
  const char* const text = std::getenv("DECONV_TEST_FULL");
  return text != nullptr && std::string(text) == "1";
}

struct HugeCase {
  const char* problem;
  bool naive;  // few enough products for a plain loop
};
constexpr HugeCase kCases[] = {
    {"d2 n1 g1 ic1 oc1 ih32769x16384 k2x2 s2x2 bias", true},                // 2^31 + 2^16 outputs in one plane
    {"d1 n1 g1 ic1048583 oc1 ih2049 k1 bias", true},                        // 2^31 + 2^20 inputs
    {"d2 n1 g1 ic2 oc3 ih16384x16400 k3x3 s2x2 pb1x1 pe1x1 op1x1", false},  // 3.2e9 outputs, 12.9 GB
    {"d1 n65537 g1 ic3 oc2 ih8200 k4 s2 pb1 pe1 bias", false},              // images beyond 2^31
    {"d2 n1 g2 ic2 oc2 ih16400x16384 k4x4 s2x2 pb1x1 pe1x1", false},        // depthwise
    {"d3 n1 g1 ic1 oc2 ih513x1024x512 k2x2x2 s2x2x2 bias", false},          // 4.3e9 outputs, 17.2 GB
    {"d1 n1 g1 ic1 oc1 ih134217999 k32 s16 pb8 pe8", false},                // one row of 2^31
};

std::vector<Target> targets(bool naive) {
  std::vector<Target> result = {{"highway", "", ""}};
  if (!full()) return result;
  for (int32_t i = 0; i < deconv_algorithm_count("highway"); ++i) result.push_back({"highway", "", deconv_algorithm_name("highway", i)});
  for (int32_t i = 0; i < deconv_backend_count(); ++i) {
    const std::string backend = deconv_backend_name(i);
    if (backend == "onednn" || (backend == "naive" && naive)) result.push_back({backend, "", ""});
  }
  return result;
}

}  // namespace

TEST_CASE("huge: tensors beyond 2^31 elements and 4 GiB are right") {
  int64_t ran = 0;
  for (const HugeCase& huge : kCases) {
    for (const Target& target : targets(huge.naive)) {
      for (const deconv_layout layout : {DECONV_CHANNELS_FIRST, DECONV_CHANNELS_LAST}) {
        Problem p = parse_problem(huge.problem);
        p.src_layout = p.dst_layout = layout;
        p.threads = 2;
        CAPTURE(target_name(target));
        CAPTURE(format_problem(p));
        HugeLayer layer(p, target);
        const bool may_decline = target.backend == "onednn" || !target.algorithm.empty();
        if (layer.layer().status() == DECONV_UNSUPPORTED && may_decline) continue;
        REQUIRE_MESSAGE(layer.layer().status() == DECONV_OK, layer.layer().error());
        REQUIRE(layer.layer().plan_info().workspace_bytes < (size_t{1} << 30));
        REQUIRE(layer.run() == DECONV_OK);
        CHECK(layer.count_wrong() == 0);
        ++ran;
      }
      if (!full()) return;  // the first case: 3 seconds
    }
  }
  MESSAGE(ran << " runs");
}
