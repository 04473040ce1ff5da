// SPDX-License-Identifier: Apache-2.0
#include "onednn/limits.h"

#include <limits>

#include "core/checked.h"

namespace deconv {
namespace {

// oneDNN keeps many extents and offsets in int.
constexpr int64_t kMaxElements = std::numeric_limits<int32_t>::max();

// brgconv_strided generates code for every range of taps. oneDNN 3.2.0 takes 97 s for 1026->1 k1024 s256 on 224 (channels last, 2 threads).
constexpr int64_t kMaxStridedKernel = 32;

bool too_large(int64_t a, int64_t b, int64_t c = 1) { return saturating_mul(saturating_mul(a, b), c) > kMaxElements; }

}  // namespace

Support check_limits(const Parameters& p, const Shape& shape) {
  if (too_large(shape.batch, p.in_channels, shape.in_spatial()) || too_large(shape.batch, p.out_channels, shape.out_spatial()) ||
      p.weights_count() > kMaxElements) {
    return Support::no("a tensor has more than 2^31 - 1 elements, which oneDNN indexes with int");
  }
  for (int a = 0; a < 3; ++a) {
    const int64_t added = shape.padding.output[a] - shape.padding.end[a];
    if (added > p.stride[a]) {
      return Support::no("output_padding exceeds pad_end by " + std::to_string(added) + ", which oneDNN allows up to the stride only");
    }
  }
  return Support::yes();
}

Support check_implementation(const Parameters& p, const Shape&, const std::string& implementation) {
  if (implementation.find("brgconv_strided") == std::string::npos) return Support::yes();
  // oneDNN 3.2.0 applies the epilogue too often where the sum over taps and channels is split: in 3905 of 5120 outputs of
  // 600->80 k4 s2 on 4x4 with bias. Without an epilogue the same problems are right.
  const Epilogue& e = p.epilogue;
  if (e.has_bias || e.has_residual || e.activation != DECONV_ACTIVATION_NONE) {
    return Support::no("oneDNN's " + implementation + " gives wrong results with a bias, residual or activation");
  }
  for (int a = 0; a < 3; ++a) {
    if (p.stride[a] > 1 && p.kernel[a] > kMaxStridedKernel) {
      return Support::no("oneDNN's " + implementation + " takes minutes to create kernels of " + std::to_string(p.kernel[a]) + " taps");
    }
  }
  return Support::yes();
}

}  // namespace deconv
