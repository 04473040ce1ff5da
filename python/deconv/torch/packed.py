# SPDX-License-Identifier: Apache-2.0
"""Packed weights, kept for as long as the tensor that they were packed from lives and stays as it is."""
from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple, Optional

from torch import Tensor

# Layers made from one weight tensor: each memory format has its own. More only where a caller passes ever new biases.
_MOST_PER_WEIGHT = 8


class _Entry(NamedTuple):
    state: tuple[Any, ...]
    key: tuple[Any, ...]
    held: tuple[Optional[Tensor], ...]  # so that no new tensor takes over their addresses, which state compares
    layer: Any


class _Layers(NamedTuple):
    weight: weakref.ref[Tensor]
    entries: list[_Entry]  # most recently made first


_layers: dict[int, _Layers] = {}
_lock = threading.Lock()


def _state(tensor: Optional[Tensor]) -> Any:
    """Differs once the tensor's memory has been written through PyTorch or replaced."""
    return tensor is not None and (tensor.data_ptr(), None if tensor.is_inference() else tensor._version)


def packed(weight: Tensor, others: tuple[Optional[Tensor], ...], key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """make()'s layer for these tensors and this key, made when they are new or have changed."""
    state = ((_state(weight), weight.shape, weight.stride()), *map(_state, others))
    found = _layers.get(id(weight))
    if found is not None and found.weight() is weight:
        for entry in found.entries:
            if entry.key == key and entry.state == state:
                return entry.layer
    # The weight's memory is held by another tensor, as its own life is what ends the entry. Lists may change where they come from.
    own = tuple(list(part) if isinstance(part, list) else part for part in key)
    return _keep(weight, _Entry(state, own, (weight.detach(), *others), make()))


def _keep(weight: Tensor, entry: _Entry) -> Any:
    identity = id(weight)
    with _lock:
        found = _layers.get(identity)
        if found is None or found.weight() is not weight:
            # A dead tensor's entry goes with it, unless another tensor has taken over its id.
            def forget(reference: weakref.ref[Tensor]) -> None:
                if identity in _layers and _layers[identity].weight is reference:
                    del _layers[identity]

            found = _layers[identity] = _Layers(weakref.ref(weight, forget), [])
        found.entries[:] = [entry, *(old for old in found.entries if old.state[0] == entry.state[0])][:_MOST_PER_WEIGHT]
    return entry.layer
