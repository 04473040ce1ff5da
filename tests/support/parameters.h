// SPDX-License-Identifier: Apache-2.0
// Problems as the library's insides see them: for tests that link deconv_internal.
#pragma once

#include "core/parameters.h"
#include "support/problem.h"

namespace deconv_test {

inline deconv::Parameters parameters(const Problem& p) {
  const Geometry g = geometry(p);
  deconv::Parameters result;
  result.rank = p.rank;
  result.groups = p.groups;
  result.in_channels = p.in_channels;
  result.out_channels = p.out_channels;
  result.kernel = g.kernel;
  result.stride = g.stride;
  result.dilation = g.dilation;
  result.padding = {g.pad_begin, g.pad_end, g.output_padding};
  result.src_layout = p.src_layout;
  result.dst_layout = p.dst_layout;
  result.weights_layout = p.weights_layout;
  result.weights_form = p.weights_form;
  return result;
}

inline deconv::Shape shape(const Problem& p) {
  const Geometry g = geometry(p);
  deconv::Shape result;
  result.batch = p.batch;
  result.in = g.in;
  result.out = g.out;
  result.padding = {g.pad_begin, g.pad_end, g.output_padding};
  return result;
}

}  // namespace deconv_test
