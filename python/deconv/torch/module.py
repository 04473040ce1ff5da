# SPDX-License-Identifier: Apache-2.0
"""The module that stands in for torch.nn.ConvTranspose1d, 2d and 3d."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

import torch
from torch import Tensor, nn

from .eager import direct, refuse_transforms
from .op import on_cpu  # and registers torch.ops.deconv.conv_transpose


class Epilogue(NamedTuple):
    """What follows the sum of products: activation(scale * sum + bias). None is absent."""
    bias: Optional[Tensor]
    scale: Optional[Tensor] = None
    activation: str = "none"
    arguments: tuple[float, ...] = ()
    slopes: Optional[Tensor] = None  # of prelu
    batched: bool = False  # what follows counts channels on axis 1, which without a batch is another one


class ConvTranspose(nn.Module):
    """torch.nn.ConvTranspose1d, 2d or 3d, with what follows it, on deconv.

    Takes and returns what the module that it replaces does; float32 on the CPU, no gradients. Weights are buffers. They are packed at the
    first call with each memory format (contiguous, channels_last, and for one dimension a transposed batch x length x channels), once for
    all extents, and again after they have been written to.
    """

    weight: Tensor
    bias: Optional[Tensor]
    scale: Optional[Tensor]
    slopes: Optional[Tensor]

    def __init__(self, weight: Tensor, epilogue: Epilogue, *, stride: Sequence[int], padding: Sequence[int],
                 output_padding: Sequence[int], dilation: Sequence[int], groups: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", epilogue.bias)
        self.register_buffer("scale", epilogue.scale)
        self.register_buffer("slopes", epilogue.slopes)
        self.activation, self.arguments = epilogue.activation, list(epilogue.arguments)
        self.stride, self.padding = list(stride), list(padding)
        self.output_padding, self.dilation = list(output_padding), list(dilation)
        self.groups = groups
        self.batched = epilogue.batched
        self.eval()

    @classmethod
    def of(cls, conv: Any, weight: Tensor, epilogue: Epilogue) -> ConvTranspose:
        """The geometry of a torch.nn.ConvTranspose with these weights and what follows."""
        return cls(weight, epilogue, stride=conv.stride, padding=conv.padding, output_padding=conv.output_padding,
                   dilation=conv.dilation, groups=conv.groups)

    def forward(self, x: Tensor, output_size: Optional[Sequence[int]] = None) -> Tensor:
        if self.batched and x.dim() == len(self.stride) + 1:
            raise RuntimeError(f"x of shape {tuple(x.shape)} has no batch: the BatchNorm or PReLU that this module stands for would take its "
                               "axis 1, which is no channel, for the channels")
        output_padding = self.output_padding if output_size is None else self.output_padding_for(x, output_size)
        held = self._buffers  # self.weight and the others by way of nn.Module.__getattr__: 0.7 us each
        if direct(x, held["weight"]):
            return on_cpu(x, held["weight"], held["bias"], held["scale"], held["slopes"], self.stride, self.padding, output_padding,
                          self.dilation, self.groups, self.activation, self.arguments)
        refuse_transforms(x)
        result: Tensor = torch.ops.deconv.conv_transpose(x, self.weight, self.bias, self.scale, self.slopes, self.stride, self.padding,
                                                         output_padding, self.dilation, self.groups, self.activation, self.arguments)
        return result

    def output_padding_for(self, x: Tensor, output_size: Sequence[int]) -> list[int]:
        """What PyTorch's rule adds at each end to reach output_size, whose last entries are the spatial extents."""
        rank = len(self.stride)
        wanted = list(output_size)[-rank:]
        least = [(size - 1) * s + d * (k - 1) + 1 - 2 * p for size, s, d, k, p in
                 zip(x.shape[-rank:], self.stride, self.dilation, self.weight.shape[2:], self.padding)]
        most = [size + s - 1 for size, s in zip(least, self.stride)]
        if len(wanted) != rank or any(not low <= size <= high for low, size, high in zip(least, wanted, most)):
            raise ValueError(f"output_size = {tuple(output_size)} is out of reach: an input of {tuple(x.shape[-rank:])} makes "
                             f"{tuple(least)} to {tuple(most)}")
        return [size - low for size, low in zip(wanted, least)]

    def extra_repr(self) -> str:
        per_group, kernel = self.weight.shape[1], tuple(self.weight.shape[2:])
        words = f"{self.weight.shape[0]}, {per_group * self.groups}, kernel_size={kernel}, stride={tuple(self.stride)}"
        for name in ("padding", "output_padding"):
            words += f", {name}={tuple(getattr(self, name))}" if any(getattr(self, name)) else ""
        words += f", dilation={tuple(self.dilation)}" if set(self.dilation) != {1} else ""
        words += f", groups={self.groups}" if self.groups != 1 else ""
        words += ", scale" if self.scale is not None else ""
        return words + (f", activation={self.activation}{tuple(self.arguments) or ''}" if self.activation != "none" else "")
