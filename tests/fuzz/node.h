// SPDX-License-Identifier: Apache-2.0
// A ConvTranspose node and the dims of its tensors, of any kind: what the attributes target makes of its bytes.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace deconv_fuzz {

// A list is its length, at most 15, and its values.
template <class Archive, class List>
void tell_list(Archive& archive, List& list) {
  auto length = static_cast<uint8_t>(list.size());
  archive(length);
  if constexpr (!std::is_const_v<List>) list.resize(length % 16);
  for (auto& value : list) archive(value);
}

struct Node {
  uint8_t auto_pad = 0, activation = 0;  // places in lists of words; beyond: the text
  int64_t group = 1;
  // kernel_shape, strides, dilations, pads, output_padding, output_shape
  std::vector<int64_t> lists[6];
  std::vector<int64_t> weights{1, 1, 1, 1}, x{1, 1, 1, 1};
  float alpha = 0.0f, clip_min = 0.0f, clip_max = 0.0f;
  uint8_t fused = 0;
  std::string text;

  // To a Reader, which fills the node, or a Writer (archive.h).
  template <class Archive, class NodeType>
  static void tell(Archive& archive, NodeType& node) {
    archive(node.auto_pad);
    archive(node.activation);
    archive(node.fused);
    archive(node.group);
    tell_list(archive, node.weights);
    tell_list(archive, node.x);
    for (auto& list : node.lists) tell_list(archive, list);
    for (auto* value : {&node.alpha, &node.clip_min, &node.clip_max}) archive(*value);
    archive(node.text);
  }
};

}  // namespace deconv_fuzz
