// SPDX-License-Identifier: Apache-2.0
#include "onednn/limits.h"

#include <algorithm>
#include <limits>

#include "core/checked.h"

namespace deconv {
namespace {

// oneDNN keeps many extents and offsets in int.
constexpr int64_t kMaxElements = std::numeric_limits<int32_t>::max();

// Bounds within which oneDNN 3.2.0 needs less than a second; see slow_to_choose.
constexpr int64_t kMaxKernel = 64;
constexpr int64_t kMaxRow = 32768;

bool too_large(int64_t a, int64_t b, int64_t c = 1) { return saturating_mul(saturating_mul(a, b), c) > kMaxElements; }

}  // namespace

Support check_limits(const Parameters& p, const Shape& shape) {
  if (too_large(shape.batch, p.in_channels, shape.in_spatial()) || too_large(shape.batch, p.out_channels, shape.out_spatial()) ||
      p.weights_count() > kMaxElements) {
    return Support::no("a tensor has more than 2^31 - 1 elements, which oneDNN indexes with int");
  }
  for (int a = 0; a < 3; ++a) {
    const int64_t added = shape.padding.output[a] - shape.padding.end[a];
    if (added >= p.stride[a]) {
      return Support::no("output_padding exceeds pad_end by " + std::to_string(added) + ", which oneDNN allows below the stride only");
    }
  }
  return Support::yes();
}

Support check_implementation(const Parameters& p, const std::string& implementation) {
  if (implementation.find("brgconv_strided") == std::string::npos) return Support::yes();
  // oneDNN 3.2.0 may sum the taps of the two outer axes one by one (kd_block, kh_block = 1) and then applies the epilogue before the last
  // one: 3905 of 5120 outputs of 600->80 k4 s2 on 4x4 with bias are wrong. Its cost model does so where the weights of 64 output
  // channels outgrow L2, which differs between CPUs; fixed upstream by "fix kd/kh blocking for brg deconv" (September 2023).
  const Epilogue& e = p.epilogue;
  const bool split = p.kernel[0] > 1 || p.kernel[1] > 1;
  if (split && (e.has_bias || e.has_residual || e.activation != DECONV_ACTIVATION_NONE)) {
    return Support::no("oneDNN's " + implementation + " gives wrong results with a bias, residual or activation");
  }
  return Support::yes();
}

// Seconds, one or two threads: 64->16 on 100, k128 s64 0.8 and k256 s64 2.4 to create; 1026->1 on 224, k1024 s256 97; 1->1 on 5150, k4096
// s1024 many minutes: code is generated for every range of taps. Choosing alone tries every block of a row: 1->1 k64 s32 takes 3.7
// for rows of 640,000 outputs and 8.6 for 3,200,000, 64->16 k7 s1 takes 3.0 for 100,000.
bool slow_to_choose(const Parameters& p, const Shape& shape) {
  if (p.src_layout != DECONV_CHANNELS_LAST || p.dst_layout != DECONV_CHANNELS_LAST) return false;  // brgemm wants both channels last
  return *std::max_element(p.kernel.begin(), p.kernel.end()) > kMaxKernel || shape.out[2] > kMaxRow;
}

}  // namespace deconv
