// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/operator.h"

#include <algorithm>
#include <cstdio>

#include "core/checked.h"
#include "highway/isa_kernels.h"
#include "highway/packing.h"
#include "highway/toom_cook/choice.h"
#include "highway/toom_cook/plan.h"
#include "highway/toom_cook/weights.h"

namespace deconv {
namespace {

// The groups, and the vector that the last row's may reach beyond them.
size_t packed_count(const Parameters& p, const ToomAxes& axes, const std::vector<Panel>& panels, int lanes) {
  const char* what = "the transformed weights' size";
  const int64_t group = packed_group(panels, checked_mul(p.in_channels_per_group(), axes.products(), what));
  const int64_t count = checked_add(checked_mul(p.groups, group, what), lanes, what);
  checked_mul(count, sizeof(float), what);
  return static_cast<size_t>(count);
}

ToomAxes chosen_axes(const Parameters& p, int64_t targets) {
  return ToomAxes(p, choose_toom_outputs(p, tile_kernels(targets).lanes).outputs);
}

}  // namespace

ToomCookOperator::ToomCookOperator(const Parameters& params, int64_t targets)
    : ToomCookOperator(params, chosen_axes(params, targets), targets) {}

ToomCookOperator::ToomCookOperator(const Parameters& params, const ToomAxes& axes, int64_t targets)
    : params_(params),
      axes_(axes),
      tiles_(tile_kernels(targets)),
      kernels_(toom_cook_kernels(targets)),
      isa_(best_target_name(targets)),
      panels_(split_panels(params_.out_channels_per_group(), tiles_.lanes, tiles_.vectors)),
      weights_(packed_buffer(packed_count(params_, axes_, panels_, tiles_.lanes))),
      vectors_(params, panels_, tiles_.lanes) {
  transform_weights(params, axes_, panels_, weights_.data());
  std::fill_n(weights_.data() + weights_.size() - tiles_.lanes, tiles_.lanes, 0.0f);
  params_.weights = nullptr;
  params_.bias = params_.scale = params_.prelu_slopes = nullptr;
}

// Products before a phase's, over the phases in the order of their numbers.
int64_t ToomCookOperator::phase_begin(const Axes& residue) const {
  const auto before = [&](int a) {
    int64_t points = 0;
    for (int64_t r = 0; r < residue[a]; ++r) points += axes_[a].kind(r).transform.points();
    return points;
  };
  const auto points = [&](int a) { return axes_[a].kind(residue[a]).transform.points(); };
  return (before(0) * axes_[1].products() + points(0) * before(1)) * axes_[2].products() + points(0) * points(1) * before(2);
}

const float* ToomCookOperator::phase_weights(int64_t group, const Panel& panel, const Axes& residue) const {
  const int64_t inputs = params_.in_channels_per_group(), rows = axes_.products() * inputs;
  return weights_.data() + group * packed_group(panels_, rows) + packed_panel(panel, rows) + phase_begin(residue) * inputs * panel.pitch;
}

std::string ToomCookOperator::description() const {
  char text[64];
  const auto direct = static_cast<double>(params_.taps() * axes_.outputs()), products = static_cast<double>(axes_.products());
  std::snprintf(text, sizeof(text), "%.3g times fewer products", direct / products);
  return isa_ + "/toom_cook " + axes_.name() + ": " + text;
}

int64_t ToomCookOperator::packed_bytes() const { return static_cast<int64_t>(weights_.bytes() + vectors_.bytes()); }

std::unique_ptr<Plan> ToomCookOperator::plan(const Shape& shape) const { return std::make_unique<ToomCookPlan>(*this, shape); }

}  // namespace deconv
