// SPDX-License-Identifier: Apache-2.0
// Everything that a caller can say in one life-cycle, legal or not: what the life_cycle target makes of its bytes.
#pragma once

#include <cstdint>

#include "support/problem.h"

namespace deconv_fuzz {

// Fields are those of the C ABI. Enumerations are numbers here, because they may be none of their values.
struct Call {
  uint8_t tame = 0;  // odd: made legal before it is used (tame.h)
  int32_t rank = 2;
  int64_t groups = 1, in_channels = 1, out_channels = 1;
  deconv_test::Axes kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  deconv_test::Axes pad_begin{0, 0, 0}, pad_end{0, 0, 0}, output_padding{0, 0, 0};
  int64_t batch = 1;
  deconv_test::Axes in{1, 1, 1};
  int32_t threads = 1;

  int32_t src_layout = 0, dst_layout = 0, weights_layout = 0, weights_form = 0, activation = 0, accuracy = 0, has_residual = 0;
  int32_t types[3] = {0, 0, 0};
  uint8_t vectors = 0;  // bits: bias, scale, slopes, the residual in place, a parallel_for of the caller's
  float alpha = 0.5f, clamp_min = -1.0f, clamp_max = 2.0f;
  uint8_t backend = 0, algorithm = 0, isa = 0;  // 0: NULL; places in the lists; beyond: unknown names
  int64_t expected_batch = 0;
  deconv_test::Axes expected_in{0, 0, 0};
  int32_t expected_threads = 1;

  uint8_t fill = 0, placement = 0;
  uint8_t padding_mode = 0, has_output_shape = 0;
  deconv_test::Axes output_shape{1, 1, 1};
  uint8_t explain_size = 64;
  uint8_t spoil = 0;  // which argument of which call is NULL, has a wrong size or is too short; 0: none

  bool has(int bit) const { return (vectors >> bit & 1) != 0; }

  // To a Reader, which fills the call, or a Writer (archive.h).
  template <class Archive, class CallType>
  static void tell(Archive& archive, CallType& c) {
    const auto axes = [&](auto& values) {
      for (auto& value : values) archive(value);
    };
    archive(c.tame);
    archive(c.rank);
    archive(c.groups);
    archive(c.in_channels);
    archive(c.out_channels);
    for (auto* values : {&c.kernel, &c.stride, &c.dilation, &c.pad_begin, &c.pad_end, &c.output_padding}) axes(*values);
    archive(c.batch);
    axes(c.in);
    archive(c.threads);
    for (auto* value : {&c.src_layout, &c.dst_layout, &c.weights_layout, &c.weights_form, &c.activation, &c.accuracy, &c.has_residual})
      archive(*value);
    archive(c.vectors);
    for (auto* value : {&c.backend, &c.algorithm, &c.isa, &c.fill, &c.placement}) archive(*value);
    archive(c.padding_mode);
    archive(c.has_output_shape);
    axes(c.output_shape);
    archive(c.expected_batch);
    axes(c.expected_in);
    archive(c.expected_threads);
    archive(c.spoil);
    archive(c.explain_size);
    for (auto* value : {&c.alpha, &c.clamp_min, &c.clamp_max}) archive(*value);
    for (auto& type : c.types) archive(type);
  }
};
enum VectorBit { kBias, kScale, kSlopes, kInPlace, kOwnPool };

// A legal problem as a call.
Call to_call(const deconv_test::Problem& problem);

// The call as a problem, where all that problems cannot say is legal. False: it is not.
bool to_problem(const Call& call, deconv_test::Problem* problem);

}  // namespace deconv_fuzz
