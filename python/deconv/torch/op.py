# SPDX-License-Identifier: Apache-2.0
"""torch.ops.deconv.conv_transpose: its schema, its CPU kernel, its shape for tracing, and no gradient.

Low-level registration, because torch.library.custom_op costs 12 us a call and this 6 (torch.conv_transpose2d itself: 70 us on an 8 x 4 x 4
input, one thread); the module goes past the dispatcher where it can (eager.py).
"""
from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from .kernel import FORMATS, Call, channels_last, run

_library = torch.library.Library("deconv", "DEF")
_library.define(
    "conv_transpose(Tensor x, Tensor weight, Tensor? bias, Tensor? scale, Tensor? slopes, int[] stride, int[] padding, "
    "SymInt[] output_padding, int[] dilation, int groups, str activation, float[] activation_args) -> Tensor",
    tags=(torch.Tag.pt2_compliant_tag,))


def on_cpu(*arguments: Any) -> Tensor:
    """The operator's CPU kernel."""
    call = Call(*arguments)
    call.refuse_gradient()
    if call.x.dtype is not torch.float32:
        raise TypeError(f"deconv computes in float32: x is {call.x.dtype}")
    if call.x.dim() == call.rank + 1:
        return on_cpu(call.x[None], *arguments[1:])[0]
    return run(call) if call.x.shape[0] != 0 else _shape(*arguments)


_library.impl("conv_transpose", on_cpu, "CPU")


@torch.library.register_fake("deconv::conv_transpose", lib=_library)
def _shape(*arguments: Any) -> Tensor:
    call = Call(*arguments)
    call.refuse_gradient()
    x, rank = call.x, call.rank
    torch._check(x.dim() in (rank + 1, rank + 2), lambda: f"x has {x.dim()} axes: a kernel of {rank} axes takes {rank + 2}")
    extents = [(size - 1) * s + d * (k - 1) + 1 - 2 * p + o for size, s, d, k, p, o in
               zip(x.shape[-rank:], call.stride, call.dilation, call.weight.shape[2:], call.padding, call.output_padding)]
    out = x.new_empty((*x.shape[:-rank - 1], call.weight.shape[1] * call.groups, *extents))
    return out.contiguous(memory_format=FORMATS[rank]) if x.dim() == rank + 2 and channels_last(x, rank) else out


# Autograd is passed by; the kernels refuse what it would be needed for. torch.library.register_autograd would say the same, for 11 us a call.
_library.impl("conv_transpose", torch.library.fallthrough_kernel, "Autograd")
torch.library.register_autocast("deconv::conv_transpose", "cpu", torch.float32, lib=_library)
