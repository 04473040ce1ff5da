// SPDX-License-Identifier: Apache-2.0
#include "onednn/limits.h"

#include <unistd.h>

#include <algorithm>
#include <limits>

#include "core/checked.h"

namespace deconv {
namespace {

// oneDNN keeps many extents and offsets in int. 3.2.0 takes a stride of 2^32 + 1 for 1, without a word.
constexpr int64_t kMaxElements = std::numeric_limits<int32_t>::max();

// Bounds within which oneDNN 3.2.0 needs less than a second; see slow_to_choose.
constexpr int64_t kMaxKernel = 64;
constexpr int64_t kMaxRow = 32768;

bool too_large(int64_t a, int64_t b, int64_t c = 1) { return saturating_mul(saturating_mul(a, b), c) > kMaxElements; }

int64_t level2_bytes() {
  constexpr int64_t kUnknown = 256 << 10;
  static const int64_t bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return bytes > 0 ? bytes : kUnknown;
}

// oneDNN 3.2.0's brgconv_strided may sum the taps of the two outer axes one by one (kd_block, kh_block = 1) and then applies the epilogue
// before the last one: 3905 of 5120 outputs of 600->80 k4 s2 on 4x4 with bias are wrong. Its cost model does so where the weights of 64
// output channels outgrow L2; fixed upstream by "fix kd/kh blocking for brg deconv" (September 2023). With 1 MiB of L2, 300 channels k4
// and 512 k3 (1.2 MiB) are right, 600 k3 (1.3 MiB) is wrong. Half of L2 leaves room for oneDNN's own idea of its size, which is 512 KiB
// for a CPU it does not know.
bool may_split_taps(const Parameters& p) {
  constexpr int64_t kChannels = 64;
  if (p.kernel[0] == 1 && p.kernel[1] == 1) return false;
  const auto element = static_cast<int64_t>(sizeof(float));
  return saturating_mul(saturating_mul(p.in_channels_per_group(), p.taps()), kChannels * element) > level2_bytes() / 2;
}

}  // namespace

Support check_limits(const Parameters& p, const Shape& shape) {
  if (too_large(shape.batch, p.in_channels, shape.in_spatial()) || too_large(shape.batch, p.out_channels, shape.out_spatial()) ||
      p.weights_count() > kMaxElements) {
    return Support::no("a tensor has more than 2^31 - 1 elements, which oneDNN indexes with int");
  }
  for (int a = 0; a < 3; ++a) {
    const int64_t reach = saturating_add(saturating_mul(shape.in[a], p.stride[a]), saturating_mul(p.kernel[a], p.dilation[a]));
    if (saturating_add(reach, shape.padding.output[a]) > kMaxElements) {
      return Support::no("positions of more than 31 bits on axis " + std::to_string(a - (3 - p.rank)) + ", which oneDNN counts with int");
    }
    const int64_t added = shape.padding.output[a] - shape.padding.end[a];
    if (added >= p.stride[a]) {
      return Support::no("output_padding exceeds pad_end by " + std::to_string(added) + ", which oneDNN allows below the stride only");
    }
  }
  return Support::yes();
}

EpilogueBy epilogue_by(const Parameters& p, const std::string& implementation) {
  const Epilogue& e = p.epilogue;
  if (implementation.find("brgconv_strided") == std::string::npos || !may_split_taps(p)) return EpilogueBy::kPrimitive;
  if (e.has_residual) return EpilogueBy::kNobody;  // it may be dst, which a primitive without the sum overwrites
  return e.has_bias || e.activation != DECONV_ACTIVATION_NONE ? EpilogueBy::kFinish : EpilogueBy::kPrimitive;
}

// Seconds, one or two threads: 64->16 on 100, k128 s64 0.8 and k256 s64 2.4 to create; 1026->1 on 224, k1024 s256 97; 1->1 on 5150, k4096
// s1024 many minutes: code is generated for every range of taps. Choosing alone tries every block of a row: 1->1 k64 s32 takes 3.7
// for rows of 640,000 outputs and 8.6 for 3,200,000, 64->16 k7 s1 takes 3.0 for 100,000.
bool slow_to_choose(const Parameters& p, const Shape& shape) {
  if (p.src_layout != DECONV_CHANNELS_LAST || p.dst_layout != DECONV_CHANNELS_LAST) return false;  // brgemm wants both channels last
  return *std::max_element(p.kernel.begin(), p.kernel.end()) > kMaxKernel || shape.out[2] > kMaxRow;
}

}  // namespace deconv
