# SPDX-License-Identifier: Apache-2.0
"""torch.ops.deconv.conv_transpose: the operator with its CPU kernel, its shape for tracing, and no gradient.

Low-level registration, because torch.library.custom_op costs 12 us a call and this 6 (torch.conv_transpose2d itself: 70 us on an 8 x 4 x 4
input, one thread).
"""
from __future__ import annotations

from typing import Any, Optional

import torch
from torch import Tensor

from .. import _native
from ..arguments import parameters
from .packed import packed

_library = torch.library.Library("deconv", "DEF")
_library.define(
    "conv_transpose(Tensor x, Tensor weight, Tensor? bias, Tensor? scale, Tensor? slopes, int[] stride, int[] padding, "
    "SymInt[] output_padding, int[] dilation, int groups, str activation, float[] activation_args) -> Tensor",
    tags=(torch.Tag.pt2_compliant_tag,))

_FORMATS = {2: torch.channels_last, 3: torch.channels_last_3d}


def _refuse_gradient(*tensors: Optional[Tensor]) -> None:
    if torch.is_grad_enabled() and any(tensor is not None and tensor.requires_grad for tensor in tensors):
        raise RuntimeError("deconv is for inference and computes no gradients, but an input requires grad: call the model under "
                           "torch.inference_mode() or torch.no_grad(), or detach the input")


def _channels_last(x: Tensor, rank: int) -> bool:
    """Whether x (with its batch) lies in memory as one of PyTorch's channels-last formats, and not as the usual one."""
    if rank not in _FORMATS or not x.is_contiguous(memory_format=_FORMATS[rank]):
        return False
    return not x.is_contiguous() or x.stride(-1) == x.shape[1] != 1


def _activation(word: str, arguments: list[float], slopes: Optional[Tensor]) -> Any:
    return ("prelu", slopes) if word == "prelu" else (word, *arguments)


def _layer(x: Tensor, layout: str, out_layout: str, weight: Tensor, bias: Optional[Tensor], scale: Optional[Tensor],
           slopes: Optional[Tensor], stride: list[int], padding: list[int], output_padding: list[int], dilation: list[int], groups: int,
           activation: str, arguments: list[float]) -> _native.Layer:
    with torch.no_grad():
        return _native.Layer(parameters(
            weight.contiguous(), weight.shape, bias, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation,
            groups=groups, layout=layout, out_layout=out_layout, activation=_activation(activation, arguments, slopes), scale=scale,
            expected_shape=x.shape if layout == "channels_first" else x.movedim(1, -1).shape))


def _run(x: Tensor, weight: Tensor, bias: Optional[Tensor], scale: Optional[Tensor], slopes: Optional[Tensor], stride: list[int],
         padding: list[int], output_padding: list[int], dilation: list[int], groups: int, activation: str,
         activation_args: list[float]) -> Tensor:
    _refuse_gradient(x, weight, bias, scale, slopes)
    if x.dtype is not torch.float32:
        raise TypeError(f"deconv computes in float32: x is {x.dtype}")
    rank = weight.dim() - 2
    if x.dim() == rank + 1:
        return _run(x[None], weight, bias, scale, slopes, stride, padding, output_padding, dilation, groups, activation, activation_args)[0]
    if x.shape[0] == 0:
        return _shape(x, weight, bias, scale, slopes, stride, padding, output_padding, dilation, groups, activation, activation_args)
    layout = out_layout = "channels_first"
    if _channels_last(x, rank):
        layout = out_layout = "channels_last"
    elif not x.is_contiguous():
        if rank == 1 and x.dim() == 3 and x.mT.is_contiguous():  # (batch, length, channels) seen through a transpose: read as it lies
            layout = "channels_last"
        else:
            x = x.contiguous()
    key = (layout, stride, padding, dilation, groups, activation, activation_args)
    layer, own_output_padding = packed(weight, (bias, scale, slopes), key, lambda: (_layer(
        x, layout, out_layout, weight, bias, scale, slopes, stride, padding, output_padding, dilation, groups, activation,
        activation_args), output_padding))
    shape = x.shape if layout == "channels_first" else (x.shape[0], *x.shape[2:], x.shape[1])
    pads = None if output_padding == own_output_padding else (padding, padding, output_padding)
    plan = layer.plan(shape, torch.get_num_threads(), pads)
    extents = plan.out_shape
    if out_layout == "channels_last":
        out = torch.empty((extents[0], extents[-1], *extents[1:-1]), memory_format=_FORMATS[rank])
    else:
        out = torch.empty(extents)
    plan.run_at(x.data_ptr(), out.data_ptr())
    return out


_library.impl("conv_transpose", _run, "CPU")


@torch.library.register_fake("deconv::conv_transpose", lib=_library)
def _shape(x: Tensor, weight: Tensor, bias: Optional[Tensor], scale: Optional[Tensor], slopes: Optional[Tensor], stride: list[int],
           padding: list[int], output_padding: list[int], dilation: list[int], groups: int, activation: str,
           activation_args: list[float]) -> Tensor:
    _refuse_gradient(x, weight, bias, scale, slopes)
    rank = weight.dim() - 2
    torch._check(x.dim() in (rank + 1, rank + 2), lambda: f"x has {x.dim()} axes: a kernel of {rank} axes takes {rank + 2}")
    extents = [(size - 1) * s + d * (k - 1) + 1 - 2 * p + o for size, s, d, k, p, o in
               zip(x.shape[-rank:], stride, dilation, weight.shape[2:], padding, output_padding)]
    out = x.new_empty((*x.shape[:-rank - 1], weight.shape[1] * groups, *extents))
    batched = x if x.dim() == rank + 2 else x[None]
    return out.contiguous(memory_format=_FORMATS[rank]) if x.dim() == rank + 2 and _channels_last(batched, rank) else out


# Autograd is passed by; the kernels refuse what it would be needed for. torch.library.register_autograd would say the same, for 11 us a call.
_library.impl("conv_transpose", torch.library.fallthrough_kernel, "Autograd")
torch.library.register_autocast("deconv::conv_transpose", "cpu", torch.float32, lib=_library)
