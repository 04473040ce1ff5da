// SPDX-License-Identifier: Apache-2.0
#include "support/layouts.h"

#include <algorithm>

namespace deconv_test {
namespace {

// f(index in canonical order, index in channels last) for each element.
template <class F>
void for_each_channels_last(int64_t batch, int64_t channels, int64_t spatial, const F& f) {
  int64_t canonical = 0;
  for (int64_t n = 0; n < batch; ++n) {
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t s = 0; s < spatial; ++s) f(canonical++, (n * spatial + s) * channels + c);
  }
}

}  // namespace

void to_layout(deconv_layout layout, int64_t batch, int64_t channels, int64_t spatial, const std::vector<float>& canonical, float* result) {
  if (layout == DECONV_CHANNELS_FIRST) {
    std::copy(canonical.begin(), canonical.end(), result);
  } else {
    for_each_channels_last(batch, channels, spatial, [&](int64_t from, int64_t to) { result[to] = canonical[from]; });
  }
}

std::vector<float> from_layout(deconv_layout layout, int64_t batch, int64_t channels, int64_t spatial, const float* values) {
  if (layout == DECONV_CHANNELS_FIRST) return std::vector<float>(values, values + batch * channels * spatial);
  std::vector<float> canonical(batch * channels * spatial);
  for_each_channels_last(batch, channels, spatial, [&](int64_t to, int64_t from) { canonical[to] = values[from]; });
  return canonical;
}

std::vector<float> to_weights_layout(const Problem& p, const std::vector<float>& canonical) {
  const int64_t taps = geometry(p).taps(), icg = p.in_channels / p.groups, ocg = p.out_channels / p.groups;
  std::vector<float> result(canonical.size());
  const float* from = canonical.data();
  for (int64_t ic = 0; ic < p.in_channels; ++ic) {
    for (int64_t o = 0; o < ocg; ++o) {
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t i = ic % icg, oc = ic / icg * ocg + o;  // within the group; over all groups
        // Rotating every axis by 180 degrees reverses the flat order of the taps.
        const int64_t tap = p.weights_form == DECONV_FORM_CORRELATION ? taps - 1 - t : t;
        int64_t index = 0;
        switch (p.weights_layout) {
          case DECONV_WEIGHTS_IO:
            index = (ic * ocg + o) * taps + tap;
            break;
          case DECONV_WEIGHTS_OI:
            index = (oc * icg + i) * taps + tap;
            break;
          case DECONV_WEIGHTS_SPATIAL_OI:
            index = (tap * p.out_channels + oc) * icg + i;
            break;
          case DECONV_WEIGHTS_O_SPATIAL_I:
            index = (oc * taps + tap) * icg + i;
            break;
        }
        result[index] = *from++;
      }
    }
  }
  return result;
}

}  // namespace deconv_test
