// SPDX-License-Identifier: Apache-2.0
#include "highway/phase_channels/phase_channels.h"

#include <limits>

#include "core/immortal.h"
#include "highway/isa_kernels.h"
#include "highway/phase_channels/fold.h"
#include "highway/phase_channels/operator.h"
#include "highway/phase_gemm/phase_gemm.h"
#include "highway/tile/tile_kernels.h"
#include "highway/toom_cook/toom_cook.h"

namespace deconv {
namespace {

// Where phases fill whole vectors by themselves nothing is gained, and the ties stay with the plain layer: 512->256 k16 s8 on 283 pixels,
// channels last, two threads, took 5.9 ms folded and 5.0 plain.
constexpr double kFolded = 1.1;

// What runs the folded layer.
const Algorithm& inner(const Parameters& folded, int lanes) {
  const bool fewer = toom_cook().check(folded).ok && toom_cook().cost(folded, lanes) < phase_gemm().cost(folded, lanes);
  return fewer ? toom_cook() : phase_gemm();
}

class PhaseChannels final : public Algorithm {
 public:
  const char* name() const override { return "phase_channels"; }
  Support check(const Parameters& p) const override {
    const Support support = check_fold(p);
    return support.ok ? Support::yes(std::to_string(folded_channels(p)) + " channels without a stride") : support;
  }
  double cost(const Parameters& p, int lanes) const override {
    if (!check_fold(p).ok) return std::numeric_limits<double>::infinity();
    const Parameters folded = fold(p);
    return kFolded * inner(folded, lanes).cost(folded, lanes);
  }
  std::string variant(const Parameters& p, int lanes) const override {
    const Parameters folded = fold(p);
    const Algorithm& algorithm = inner(folded, lanes);
    const std::string more = algorithm.variant(folded, lanes);
    return algorithm.name() + (more.empty() ? "" : " " + more);
  }
  std::unique_ptr<Operator> create(const Parameters& params, int64_t targets) const override {
    const FoldedLayer folded(params);
    const Algorithm& algorithm = inner(folded.params(), tile_kernels(targets).lanes);
    return std::make_unique<PhaseChannelsOperator>(params, algorithm.create(folded.params(), targets));
  }
};

}  // namespace

const Algorithm& phase_channels() {
  static const Immortal<const PhaseChannels> algorithm;
  return *algorithm;
}

}  // namespace deconv
