// SPDX-License-Identifier: Apache-2.0
#include "highway/toom_cook/axes.h"

#include "core/division.h"

namespace deconv {

ToomAxis::ToomAxis(int64_t kernel, int64_t axis_stride, int64_t dilation, int axis_outputs)
    : stride(axis_stride),
      spacing(kernel == 1 ? 1 : dilation),
      outputs(axis_outputs),
      taps(static_cast<int>(ceil_div(kernel, axis_stride))),
      window(axis_outputs + taps - 1),
      long_phases(kernel % axis_stride == 0 ? axis_stride : kernel % axis_stride),
      kind_count(long_phases == axis_stride ? 1 : 2) {
  planes = 0;
  for (int k = 0; k < kind_count; ++k) {
    kinds[k] = {toom_transform(outputs, taps - k), planes, k};
    planes += kinds[k].transform.points();
  }
}

int64_t ToomAxis::products() const {
  const int64_t short_phases = stride - long_phases;
  return long_phases * kinds[0].transform.points() + (short_phases == 0 ? 0 : short_phases * kinds[1].transform.points());
}

ToomAxes::ToomAxes(const Parameters& p, const int (&outputs)[3]) {
  for (int a = 0; a < 3; ++a) axes[a] = ToomAxis(p.kernel[a], p.stride[a], p.dilation[a], outputs[a]);
}

int64_t ToomAxes::points(const Axes& residue) const {
  int64_t points = 1;
  for (int a = 0; a < 3; ++a) points *= axes[a].kind(residue[a]).transform.points();
  return points;
}

std::string ToomAxes::name() const {
  std::string text;
  for (const ToomAxis& axis : axes) {
    if (axis.taps == 1) continue;
    text += (text.empty() ? "F(" : "xF(") + std::to_string(axis.outputs) + "," + std::to_string(axis.taps) + ")";
  }
  return text;
}

}  // namespace deconv
