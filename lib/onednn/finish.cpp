// SPDX-License-Identifier: Apache-2.0
#include "onednn/finish.h"

#include <algorithm>

#include "core/epilogue.h"

namespace deconv {
namespace {

// Elements of a task: 64 KiB, a handful of microseconds, so that two threads share the dst of a small layer too.
constexpr int64_t kTaskElements = 1 << 14;

// The loop over the channels is the inner one, without calls for the cheap activations: compilers vectorise it.
template <class Activation>
void finish_pixels(float* __restrict dst, int64_t pixels, int64_t channels, const float* __restrict bias, const Activation& activation) {
  for (int64_t pixel = 0; pixel < pixels; ++pixel, dst += channels) {
    if (bias != nullptr) {
      for (int64_t c = 0; c < channels; ++c) dst[c] = activation(dst[c] + bias[c], c);
    } else {
      for (int64_t c = 0; c < channels; ++c) dst[c] = activation(dst[c], c);
    }
  }
}

void finish_task(const Epilogue& e, float* dst, int64_t pixels, int64_t channels, const float* bias, const float* slopes) {
  const float alpha = e.alpha;
  switch (e.activation) {
    case DECONV_ACTIVATION_NONE:
      return finish_pixels(dst, pixels, channels, bias, [](float x, int64_t) { return x; });
    case DECONV_ACTIVATION_RELU:
      return finish_pixels(dst, pixels, channels, bias, [](float x, int64_t) { return x < 0.0f ? 0.0f : x; });
    case DECONV_ACTIVATION_LEAKY_RELU:
      return finish_pixels(dst, pixels, channels, bias, [alpha](float x, int64_t) { return x * (x < 0.0f ? alpha : 1.0f); });
    case DECONV_ACTIVATION_PRELU:
      return finish_pixels(dst, pixels, channels, bias, [slopes](float x, int64_t c) { return x * (x < 0.0f ? slopes[c] : 1.0f); });
    default:
      return finish_pixels(dst, pixels, channels, bias, [&e](float x, int64_t) { return activate(e, x, 0.0f); });
  }
}

}  // namespace

void finish(const Parameters& params, const float* bias, const float* slopes, int64_t pixels, float* dst,
            const Parallel& parallel) noexcept {
  const int64_t channels = params.out_channels, step = std::max<int64_t>(kTaskElements / channels, 1);
  parallel_run(parallel, (pixels + step - 1) / step, [&](int, int64_t task) {
    const int64_t begin = task * step;
    finish_task(params.epilogue, dst + begin * channels, std::min(step, pixels - begin), channels, bias, slopes);
  });
}

}  // namespace deconv
