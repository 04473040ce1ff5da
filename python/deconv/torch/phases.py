# SPDX-License-Identifier: Apache-2.0
"""Layers of one output channel and long strides, such as inverse STFTs, as layers of many channels and no stride.

Output stride * p + c of the one channel is position p of channel c: channels-last memory of the second layer is the first one's, element by
element. Many output channels are what dense GEMMs and fast algorithms are made for.
"""
from __future__ import annotations

from typing import Optional

from torch import Tensor

# From here on it pays: a vector's worth of strides fills no panel, and few inputs leave nothing to multiply.
_LEAST_STRIDE = 64
_LEAST_INPUTS = 64


def apply(weight: Tensor, stride: list[int], padding: list[int], output_padding: list[int], dilation: list[int], slopes: Optional[Tensor]) -> bool:
    """Whether the layer, of rank 1, has that form: kernel and pads of whole strides."""
    inputs, outputs, kernel = weight.shape
    step = stride[0]
    return (outputs == 1 and inputs >= _LEAST_INPUTS and step >= _LEAST_STRIDE and kernel > step and kernel % step == 0
            and padding[0] % step == 0 and output_padding == [0] and dilation == [1] and slopes is None)


def weight_of_channels(weight: Tensor, step: int) -> Tensor:
    """(inputs, 1, kernel) as (inputs, step, taps)."""
    return weight.view(weight.shape[0], -1, step).mT.contiguous()


def for_each_channel(values: Optional[Tensor], step: int) -> Optional[Tensor]:
    """A per-channel vector of the one channel for all of them."""
    return None if values is None else values.expand(step).contiguous()
