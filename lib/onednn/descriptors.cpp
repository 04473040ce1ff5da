// SPDX-License-Identifier: Apache-2.0
#include "onednn/descriptors.h"

#include <algorithm>

#include "core/checked.h"
#include "core/output_extent.h"
#include "core/parallel.h"
#include "onednn/limits.h"

namespace deconv {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

constexpr auto kFloat = memory::data_type::f32;

// The axes of the true rank, after `leading`.
memory::dims dims(int rank, const Axes& axes, memory::dims leading = {}) {
  leading.insert(leading.end(), axes.end() - rank, axes.end());
  return leading;
}

Tag tensor_tag(int rank, deconv_layout layout) {
  constexpr Tag kFirst[] = {Tag::ncw, Tag::nchw, Tag::ncdhw}, kLast[] = {Tag::nwc, Tag::nhwc, Tag::ndhwc};
  return (layout == DECONV_CHANNELS_LAST ? kLast : kFirst)[rank - 1];
}

memory::dims weights_dims(const Parameters& p) {
  memory::dims leading;
  if (p.groups > 1) leading.push_back(p.groups);
  leading.push_back(p.out_channels_per_group());
  leading.push_back(p.in_channels_per_group());
  return dims(p.rank, p.kernel, leading);
}

// Blocks of 16 x 16 channels: the format of the JIT convolutions for AVX-512.
memory::desc blocked_weights(const Parameters& p) {
  constexpr Tag kBlocked[] = {Tag::IOw16i16o, Tag::IOhw16i16o, Tag::IOdhw16i16o};
  constexpr Tag kGrouped[] = {Tag::gIOw16i16o, Tag::gIOhw16i16o, Tag::gIOdhw16i16o};
  return memory::desc(weights_dims(p), kFloat, (p.groups > 1 ? kGrouped : kBlocked)[p.rank - 1]);
}

// [kernel][out channels per group][groups][in channels per group]: what the GEMM implementation reads with channels last.
memory::desc spatial_first_weights(const Parameters& p) {
  const int64_t ic = p.in_channels_per_group(), row = p.groups * ic, tap = p.out_channels_per_group() * row;
  memory::dims strides;
  if (p.groups > 1) strides.push_back(ic);
  strides.push_back(row);
  strides.push_back(1);
  return memory::desc(weights_dims(p), kFloat, dims(p.rank, {p.kernel[1] * p.kernel[2] * tap, p.kernel[2] * tap, tap}, strides));
}

// The smallest input extent whose output is not empty. Pads may be of any size.
int64_t smallest_extent(const Parameters& p, int axis) {
  const int64_t reach = p.dilation[axis] * (p.kernel[axis] - 1);
  const int64_t removed = saturating_add(p.padding.begin[axis], p.padding.end[axis]);
  const int64_t reached = saturating_add(p.padding.output[axis], reach);
  return removed <= reached ? 1 : saturating_add(2, (removed - reached - 1) / p.stride[axis]);
}

}  // namespace

std::vector<memory::desc> weights_formats(const Parameters& p, const Shape& shape) {
  std::vector<memory::desc> formats;
  if (!slow_to_choose(p, shape)) formats.emplace_back(weights_dims(p), kFloat, Tag::any);
  formats.push_back(blocked_weights(p));
  formats.push_back(spatial_first_weights(p));
  return formats;
}

Descriptors make_descriptors(const Parameters& p, const Shape& shape, const memory::desc& weights) {
  Descriptors d;
  d.src = memory::desc(dims(p.rank, shape.in, {shape.batch, p.in_channels}), kFloat, tensor_tag(p.rank, p.src_layout));
  d.dst = memory::desc(dims(p.rank, shape.out, {shape.batch, p.out_channels}), kFloat, tensor_tag(p.rank, p.dst_layout));
  d.weights = weights;
  if (p.epilogue.has_bias) d.bias = channel_vector(p);
  // oneDNN has no output padding: it is a smaller, possibly negative, pad at the end.
  Axes end, dilation;
  for (int a = 0; a < 3; ++a) {
    end[a] = shape.padding.end[a] - shape.padding.output[a];
    dilation[a] = p.dilation[a] - 1;
  }
  d.strides = dims(p.rank, p.stride);
  d.dilations = dims(p.rank, dilation);
  d.padding_begin = dims(p.rank, shape.padding.begin);
  d.padding_end = dims(p.rank, end);
  return d;
}

memory::desc plain_weights(const Parameters& p) {
  constexpr Tag kPlain[] = {Tag::oiw, Tag::oihw, Tag::oidhw}, kGrouped[] = {Tag::goiw, Tag::goihw, Tag::goidhw};
  return memory::desc(weights_dims(p), kFloat, (p.groups > 1 ? kGrouped : kPlain)[p.rank - 1]);
}

memory::desc channel_vector(const Parameters& p) { return memory::desc({p.out_channels}, kFloat, Tag::x); }

Shape representative_shape(const Parameters& p) {
  constexpr int64_t kExtent = 8;
  Shape shape;
  shape.batch = std::max<int64_t>(p.expected_batch, 1);
  shape.padding = p.padding;
  shape.threads = p.expected_threads > 0 ? p.expected_threads : default_threads();
  for (int a = 3 - p.rank; a < 3; ++a) {
    shape.in[a] = std::max(p.expected_in[a] > 0 ? p.expected_in[a] : kExtent, smallest_extent(p, a));
  }
  shape.out = output_extents(p, shape.in, shape.padding);
  require_sizes(p, shape);
  return shape;
}

}  // namespace deconv
