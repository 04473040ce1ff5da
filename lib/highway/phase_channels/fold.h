// SPDX-License-Identifier: Apache-2.0
// A layer of one axis and r whole strides of taps, folded: its S phases become channels of a layer with r taps and no stride. In
// channels-last memory element (position, phase, channel) of the one is element (position, phase * OC + channel) of the other: where pads
// are whole strides the two results are the same memory.
#pragma once

#include "core/aligned_buffer.h"
#include "core/backend.h"

namespace deconv {

// Whether a layer can be folded.
Support check_fold(const Parameters& params);

// Output channels of the folded layer. Only for layers that check_fold accepts, as below.
inline int64_t folded_channels(const Parameters& p) { return p.stride[2] * p.out_channels; }

// The folded layer without its tensors. Pads are rounded down to whole strides: plans bring their own.
Parameters fold(const Parameters& params);

// The folded layer with its weights and per-channel vectors, copied into its order.
class FoldedLayer {
 public:
  explicit FoldedLayer(const Parameters& params);
  const Parameters& params() const { return params_; }

 private:
  Parameters params_;
  AlignedBuffer<float> weights_, scale_, bias_, slopes_;
};

}  // namespace deconv
