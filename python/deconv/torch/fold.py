# SPDX-License-Identifier: Apache-2.0
"""Which modules the operator's epilogue computes exactly, and as what."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

import torch
from torch import Tensor, nn

from .module import Epilogue

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)

# Activations without slopes: the word and its arguments.
_WORDS: dict[type[nn.Module], Callable[[Any], tuple[Any, ...]]] = {
    nn.ReLU: lambda m: ("relu",),
    nn.ReLU6: lambda m: ("relu6",),
    nn.LeakyReLU: lambda m: ("leaky_relu", float(m.negative_slope)),
    nn.Hardtanh: lambda m: ("clamp", float(m.min_val), float(m.max_val)),
    nn.Sigmoid: lambda m: ("sigmoid",),
    nn.Tanh: lambda m: ("tanh",),
    nn.GELU: lambda m: ("gelu" if m.approximate == "none" else "gelu_tanh",),
    nn.SiLU: lambda m: ("silu",),
    nn.Hardswish: lambda m: ("hardswish",),
    nn.ELU: lambda m: ("elu", float(m.alpha)),
}


def hooked(module: nn.Module) -> bool:
    """Whether someone listens to the module or changes what it takes or gives."""
    return any(getattr(module, hooks, None) for hooks in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks"))


def is_batch_norm(module: Any, channels: int) -> bool:
    """Whether the module is a fixed scale and shift per channel: BatchNorm in eval mode with running statistics, in float32."""
    return bool(type(module) in _BATCH_NORMS and not module.training and module.running_mean is not None
                and module.num_features == channels and module.running_mean.dtype is torch.float32 and not hooked(module))


def fold_batch_norm(bias: Optional[Tensor], norm: Any) -> tuple[Tensor, Tensor]:
    """Scale and bias of norm(sum + bias), each rounded once from float64."""
    scale = 1 / torch.sqrt(norm.running_var.double() + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight.detach().double()
    shift = -norm.running_mean.double() if bias is None else bias.double() - norm.running_mean.double()
    shift = shift * scale
    if norm.bias is not None:
        shift = shift + norm.bias.detach().double()
    return scale.float(), shift.float()


def activation_of(module: Any, channels: int) -> Optional[tuple[str, tuple[float, ...], Optional[Tensor]]]:
    """Word, arguments and slopes of an activation that the operator knows; None for any other module."""
    if hooked(module):
        return None
    if type(module) is nn.PReLU:
        slopes = module.weight.detach()
        if slopes.dtype is not torch.float32 or slopes.numel() not in (1, channels):
            return None
        return "prelu", (), slopes.expand(channels).clone()
    found = _WORDS.get(type(module))
    if found is None:
        return None
    word, *arguments = found(module)
    return str(word), tuple(arguments), None


def epilogue_of(bias: Optional[Tensor], channels: int, followers: list[nn.Module]) -> tuple[Epilogue, int]:
    """The epilogue that does what the first modules of `followers` do, and how many of them it covers."""
    scale, covered = None, 0
    if followers and is_batch_norm(followers[0], channels):
        scale, bias = fold_batch_norm(bias, followers[0])
        covered = 1
    found = activation_of(followers[covered], channels) if covered < len(followers) else None
    if found is None:
        return Epilogue(bias, scale, batched=covered > 0), covered
    word, arguments, slopes = found
    batched = covered > 0 or slopes is not None and followers[covered].num_parameters > 1
    return Epilogue(bias, scale, word, arguments, slopes, batched), covered + 1
