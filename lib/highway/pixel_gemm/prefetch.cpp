// SPDX-License-Identifier: Apache-2.0
#include "highway/pixel_gemm/prefetch.h"

#include "core/division.h"
#include "highway/cache_sets.h"

namespace deconv {

PixelPrefetch lines_of(const TensorPart& part) {
  struct Level {
    int64_t count, stride;
  };
  const bool last = part.layout == DECONV_CHANNELS_LAST;
  const int64_t spatial = part.extents[0] * part.extents[1] * part.extents[2], pixel = last ? part.channels : 1;
  const Level channel{part.channel_end - part.channel_begin, last ? 1 : spatial};
  Level axis[3];
  for (int a = 2, distance = 1; a >= 0; distance = 0, --a) {
    axis[a] = {part.end[a] - part.begin[a], distance == 1 ? pixel : axis[a + 1].stride * part.extents[a + 1]};
  }
  const Level image{part.image_end - part.image_begin, part.channels * spatial};
  const Level levels[5] = {last ? channel : axis[2], last ? axis[2] : axis[1], last ? axis[1] : axis[0], last ? axis[0] : channel, image};
  // From the inside, neighbours in memory become one run.
  int level = 1;
  int64_t run = levels[0].count;
  for (; level < 5 && (levels[level].stride == run || levels[level].count == 1); ++level) run *= levels[level].count;
  PixelPrefetch prefetch{};
  prefetch.at = part.tensor + part.image_begin * image.stride + part.channel_begin * channel.stride;
  for (int a = 0; a < 3; ++a) prefetch.at += part.begin[a] * axis[a].stride;
  prefetch.step = kLineFloats;
  prefetch.lines = prefetch.left = ceil_div(run, kLineFloats) + 1;  // a run may begin anywhere in a line
  for (int i = 0; i < 3; ++i, ++level) {
    prefetch.start[i] = prefetch.at;
    prefetch.count[i] = level < 5 ? levels[level].count : 1;
    prefetch.stride[i] = level < 5 ? levels[level].stride : 0;
  }
  return prefetch;
}

}  // namespace deconv
