# SPDX-License-Identifier: Apache-2.0
"""Transposed convolutions of a PyTorch model, moved to deconv."""
from __future__ import annotations

from typing import Any, Optional

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.weight_norm import WeightNorm

from .fold import epilogue_of
from .followers import Followers, find_followers
from .module import ConvTranspose

_KINDS = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def replace(model: nn.Module, fuse: bool = True) -> nn.Module:
    """Puts deconv.torch.ConvTranspose in the place of every nn.ConvTranspose1d, 2d and 3d of the model, and returns the model.

    The model must be in eval mode. With fuse, a BatchNorm and an activation that follow a layer, and take nothing but its result, become
    part of it and leave nn.Identity in their place; torch.fx shows what follows, and what it cannot trace stays apart. weight_norm and other
    parametrizations are evaluated once. Layers that are not float32 on the CPU, that have hooks or a forward of their own stay as they are.
    ValueError: a layer is in training mode.
    """
    followers = find_followers(model, _is_layer) if fuse else {}
    swapped: dict[nn.Module, nn.Module] = {}
    for name, layer in list(model.named_modules()):
        if not _is_layer(layer):
            continue
        if layer.training:
            raise ValueError(f"{name or 'the model'} is in training mode: deconv is for inference, call model.eval() first")
        weight = _final_weight(layer)
        if weight is not None:
            _swap(layer, weight, followers, swapped)
    if model in swapped:
        return swapped[model]
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if child in swapped:
                setattr(parent, name, swapped[child])
    return model


def _is_layer(module: nn.Module) -> bool:
    return parametrize.type_before_parametrizations(module) in _KINDS


def _final_weight(layer: Any) -> Optional[Tensor]:
    """The weight that eval mode computes with; None where deconv would not do the same as the layer."""
    hooks = list(layer._forward_pre_hooks.values())
    norms = [hook for hook in hooks if isinstance(hook, WeightNorm)]
    if layer._forward_hooks or layer._backward_hooks or layer._backward_pre_hooks or len(norms) != len(hooks):
        return None
    with torch.no_grad():
        weight: Tensor = norms[0].compute_weight(layer) if norms else layer.weight
    tensors = [weight] if layer.bias is None else [weight, layer.bias]
    if any(tensor.dtype is not torch.float32 or tensor.device.type != "cpu" for tensor in tensors):
        return None
    return weight.detach()


def _swap(layer: Any, weight: Tensor, followers: Followers, swapped: dict[nn.Module, nn.Module]) -> None:
    after = [followers[layer]] if layer in followers else []
    if after and after[0] in followers:
        after.append(followers[after[0]])
    bias = None if layer.bias is None else layer.bias.detach()
    epilogue, covered = epilogue_of(bias, layer.out_channels, after)
    swapped[layer] = ConvTranspose.of(layer, weight, epilogue)
    for module in after[:covered]:
        swapped[module] = nn.Identity()
