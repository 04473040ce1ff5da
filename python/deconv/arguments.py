# SPDX-License-Identifier: Apache-2.0
"""The words of PyTorch, TensorFlow and ONNX as the library's parameters."""
from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _native
from .errors import InvalidArgument
from .frameworks import refuse_gradient, resolved

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Axes = Union[int, Sequence[int]]
Padding = Union[int, str, Sequence[int], Sequence[tuple[int, int]]]
Activation = Union[str, tuple[Any, ...], None]

# Letters that stand for spatial axes, one or several, count as one S.
_LAYOUTS = {"channels_first": "channels_first", "channels_last": "channels_last", "NCS": "channels_first", "NSC": "channels_last"}
_WEIGHTS_LAYOUTS = {"IOS": "IO", "OIS": "OI", "SOI": "spatial_OI", "OSI": "O_spatial_I"}
# Where the input channels, the output channels and the first kernel axis stand in a shape; negative ones count from the end.
_WEIGHTS_AXES = {"IO": (0, 1, 2), "OI": (1, 0, 2), "spatial_OI": (-1, -2, 0), "O_spatial_I": (-1, 0, 1)}
_PADDING_MODES = {"same": "SAME_UPPER", "same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}

# Activation words with their parameters' defaults, as PyTorch has them.
_ALPHA = {"leaky_relu": 0.01, "elu": 1.0}
_RANGE = {"clamp": None, "hardtanh": (-1.0, 1.0), "relu6": (0.0, 6.0)}
_SAME_ACTIVATION = {"swish": "silu", "hard_swish": "hardswish", "gelu_erf": "gelu", "linear": "none", "identity": "none"}


def layout_word(layout: str, field: str = "layout") -> str:
    word = _LAYOUTS.get(re.sub("[DHWL]+", "S", layout) if layout.isupper() else layout)
    if word is None:
        raise InvalidArgument(f"{field} = {layout!r} is none of channels_first (NCW, NCHW, NCDHW), channels_last (NWC, NHWC, NDHWC)")
    return word


def weights_layout_word(layout: str) -> str:
    word = _WEIGHTS_LAYOUTS.get(re.sub("[DHWL]+", "S", layout))
    if word is None:
        raise InvalidArgument(
            f"weights_layout = {layout!r} is none of IOHW (PyTorch, ONNX), OIHW (oneDNN), HWOI (TensorFlow), OHWI (TFLite), or those with "
            "W or DHW for other ranks")
    return word


def axes(value: Axes, rank: int, field: str) -> list[int]:
    """One number for all axes, or one for each, as PyTorch takes them."""
    one = whole(value)
    values = _entries(value, field) if one is None else [one] * rank
    if len(values) != rank:
        raise InvalidArgument(f"{field} = {value!r} has {len(values)} entries, but the kernel has {rank} axes")
    numbers = [whole(entry) for entry in values]
    if None in numbers:
        raise InvalidArgument(f"{field} = {value!r}: each entry must be a whole number of 64 bits")
    return numbers


def whole(value: Any) -> Optional[int]:
    """A whole number of 64 bits as Python's, NumPy's too; None for anything else."""
    try:
        number = operator.index(value)
    except TypeError:
        return None
    return number if -2**63 <= number < 2**63 else None


def _entries(value: Any, field: str) -> list[Any]:
    try:
        return list(value)
    except TypeError:
        raise InvalidArgument(f"{field} = {value!r} must be a whole number of 64 bits, or one for each axis") from None


def explicit_padding(padding: Padding, rank: int) -> tuple[list[int], list[int]]:
    """Begins and ends of a padding that is no word: a number, one for each axis, or (begin, end) for each axis."""
    one = whole(padding)
    values = _entries(padding, "padding") if one is None else [one] * rank
    if len(values) != rank:
        raise InvalidArgument(f"padding = {padding!r} has {len(values)} entries, but the kernel has {rank} axes")
    pairs = [[whole(part) for part in ([entry, entry] if whole(entry) is not None else _entries(entry, "padding"))] for entry in values]
    if any(len(pair) != 2 or None in pair for pair in pairs):
        raise InvalidArgument(f"padding = {padding!r}: each entry is a number or a pair (begin, end)")
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def padding_mode(padding: Padding) -> Optional[str]:
    """The library's word for a padding word, None where padding is numbers."""
    if not isinstance(padding, str):
        return None
    mode = _PADDING_MODES.get(padding.lower())
    if mode is None:
        raise InvalidArgument(f"padding = {padding!r} is neither numbers nor one of SAME, SAME_UPPER, SAME_LOWER, VALID")
    return mode


def set_activation(params: _native.Parameters, activation: Activation) -> None:
    """'relu', or a tuple of a word and its parameters: ('leaky_relu', 0.2), ('clamp', low, high), ('elu', 1.0), ('prelu', slopes)."""
    given: tuple[Any, ...] = (activation,) if isinstance(activation, str) else activation or ("none",)
    word, rest = _SAME_ACTIVATION.get(given[0], str(given[0])), given[1:]
    most = 2 if word in ("clamp", "hardtanh") else 1 if word in _ALPHA or word == "prelu" else 0
    if len(rest) not in (0, most) or not rest and word in ("clamp", "prelu"):
        raise InvalidArgument(f"activation = {activation!r}: {word} takes {most} parameters")
    low, high = rest if most == 2 and rest else _RANGE.get(word) or (0.0, 0.0)
    alpha = rest[0] if word in _ALPHA and rest else _ALPHA.get(word, 0.0)
    slopes = rest[0] if word == "prelu" else None
    refuse_gradient(slopes, "prelu_slopes")
    params.set_activation("clamp" if word in _RANGE else word, alpha, low, high, resolved(slopes))


def parameters(weights: Optional[ArrayLike], shape: Sequence[int], bias: Optional[ArrayLike] = None, *, stride: Axes = 1,
               padding: Padding = 0, output_padding: Axes = 0, dilation: Axes = 1, groups: int = 1, layout: str = "channels_first",
               out_layout: Optional[str] = None, weights_layout: str = "IO", weights_form: str = "transposed",
               activation: Activation = None, scale: Optional[ArrayLike] = None, residual: bool = False, accuracy: str = "default",
               backend: str = "", algorithm: str = "", max_isa: str = "", expected_shape: Optional[Sequence[int]] = None,
               threads: int = 0) -> _native.Parameters:
    """The parameters of a layer whose weights have this shape; `weights` may be None where only questions are asked."""
    weights_word = weights_layout_word(weights_layout) if weights_layout != "IO" else "IO"
    rank = len(shape) - 2
    if not 1 <= rank <= 3:
        raise InvalidArgument(f"weights of shape {tuple(shape)} have {rank} kernel axes: 1, 2 and 3 are possible")
    inputs, outputs, first = _WEIGHTS_AXES[weights_word]
    counted_per_group, total = (outputs, inputs) if weights_word == "IO" else (inputs, outputs)
    channels = {counted_per_group: shape[counted_per_group] * groups, total: shape[total]}
    params = _native.Parameters(channels[inputs], channels[outputs], list(shape[first:first + rank]))
    params.set_groups(groups)
    params.set_stride(axes(stride, rank, "stride"))
    params.set_dilation(axes(dilation, rank, "dilation"))
    src = layout_word(layout)
    params.set_layouts(src, layout_word(out_layout, "out_layout") if out_layout else src, weights_word, weights_form)
    for array, name in ((weights, "weights"), (bias, "bias"), (scale, "scale")):
        refuse_gradient(array, name)
    params.set_tensors(resolved(weights), list(shape), resolved(bias), resolved(scale))
    set_activation(params, activation)
    params.set_has_residual(residual)
    if accuracy not in ("default", "strict"):
        raise InvalidArgument(f"accuracy = {accuracy!r} is neither 'default' nor 'strict'")
    params.set_choice(accuracy == "strict", backend, algorithm, max_isa)
    if expected_shape is not None:
        batch, *extents = batched_extents(expected_shape, rank, src)
        params.set_expected(batch, extents, threads)
    set_padding(params, padding, axes(output_padding, rank, "output_padding"), rank)
    return params


def set_padding(params: _native.Parameters, padding: Padding, output: list[int], rank: int) -> None:
    mode = padding_mode(padding)
    if mode is None:
        params.set_padding(*explicit_padding(padding, rank), output)
        return
    params.set_padding([0] * rank, [0] * rank, output)
    params.set_padding(*_native.resolve_padding(params, mode))


def batched_extents(shape: Sequence[int], rank: int, layout: str) -> list[int]:
    """Batch and spatial extents of an input's shape, which may leave the batch out."""
    batched = list(shape) if len(shape) == rank + 2 else [1, *shape]
    if len(batched) != rank + 2:
        raise InvalidArgument(f"expected_shape = {tuple(shape)} has {len(shape)} axes: a kernel of {rank} axes takes {rank + 2}")
    return [batched[0], *(batched[1:-1] if layout == "channels_last" else batched[2:])]
