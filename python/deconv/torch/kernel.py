# SPDX-License-Identifier: Apache-2.0
"""What torch.ops.deconv.conv_transpose does on the CPU: finds or packs the weights, plans, allocates, runs."""
from __future__ import annotations

from typing import Any, NamedTuple, Optional

import torch
from torch import Tensor

from .. import _native
from ..arguments import parameters
from .packed import packed

FORMATS = {2: torch.channels_last, 3: torch.channels_last_3d}


class Call(NamedTuple):
    """The operator's arguments, as its schema has them."""
    x: Tensor
    weight: Tensor
    bias: Optional[Tensor]
    scale: Optional[Tensor]
    slopes: Optional[Tensor]
    stride: list[int]
    padding: list[int]
    output_padding: list[int]
    dilation: list[int]
    groups: int
    activation: str
    arguments: list[float]

    @property
    def rank(self) -> int:
        return self.weight.dim() - 2

    def refuse_gradient(self) -> None:
        if torch.is_grad_enabled() and any(tensor is not None and tensor.requires_grad for tensor in self[:5]):
            raise RuntimeError("deconv is for inference and computes no gradients, but an input requires grad: call the model under "
                               "torch.inference_mode() or torch.no_grad(), or detach the input")


class _Packed(NamedTuple):
    layer: _native.Layer
    output_padding: list[int]  # that the layer was made with


def channels_last(x: Tensor, rank: int) -> bool:
    """Whether x (with its batch) lies in memory as one of PyTorch's channels-last formats, and not as the usual one."""
    if rank not in FORMATS or not x.is_contiguous(memory_format=FORMATS[rank]):
        return False
    return not x.is_contiguous() or x.stride(-1) == x.shape[1] != 1


def run(call: Call) -> Tensor:
    """The result for a float32 x with a batch that is not empty."""
    layout, call = _readable(call)
    key = (layout, call.stride, call.padding, call.dilation, call.groups, call.activation, call.arguments)
    layer, output_padding = packed(call.weight, call[2:5], key, lambda: _pack(call, layout))
    pads = None if call.output_padding == output_padding else (call.padding, call.padding, call.output_padding)
    plan = layer.plan(_shape_in(call.x, layout), torch.get_num_threads(), pads)
    out = _empty(plan.out_shape, call.rank, layout)
    plan.run_at(call.x.data_ptr(), out.data_ptr(), fresh=True)
    return out


def _readable(call: Call) -> tuple[str, Call]:
    """The layout of x, copied where it has none."""
    x, rank = call.x, call.rank
    if channels_last(x, rank):
        return "channels_last", call
    if x.is_contiguous():
        return "channels_first", call
    if rank == 1 and x.dim() == 3 and x.mT.is_contiguous():  # (batch, length, channels) seen through a transpose: read as it lies
        return "channels_last", call
    return "channels_first", call._replace(x=x.contiguous())


def _shape_in(x: Tensor, layout: str) -> tuple[int, ...]:
    return x.shape if layout == "channels_first" else (x.shape[0], *x.shape[2:], x.shape[1])


def _pack(call: Call, layout: str) -> _Packed:
    activation = ("prelu", call.slopes) if call.activation == "prelu" else (call.activation, *call.arguments)
    # One-dimensional results are contiguous: PyTorch has no channels-last format for them.
    words: dict[str, Any] = {"layout": layout, "out_layout": "channels_first" if call.rank == 1 else layout, "activation": activation,
                             "expected_shape": _shape_in(call.x, layout)}
    with torch.no_grad():
        layer = _native.Layer(parameters(call.weight.contiguous(), call.weight.shape, call.bias, stride=call.stride,
                                         padding=call.padding, output_padding=call.output_padding, dilation=call.dilation,
                                         groups=call.groups, scale=call.scale, **words))
    return _Packed(layer, call.output_padding)


def _empty(shape: tuple[int, ...], rank: int, layout: str) -> Tensor:
    """A new output; `shape` has its axes in the order of the layer's memory."""
    if layout == "channels_last" and rank in FORMATS:
        return torch.empty((shape[0], shape[-1], *shape[1:-1]), memory_format=FORMATS[rank])
    return torch.empty(shape)
