# SPDX-License-Identifier: Apache-2.0
"""The geometry of one ConvTranspose node on inputs of known shape, with pads resolved as ONNX does."""
from typing import NamedTuple

from onnx import AttributeProto

from . import ModelError

LIST, NUMBER, WORD = AttributeProto.INTS, AttributeProto.INT, AttributeProto.STRING
AUTO_PAD = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
MOST = 1 << 24  # the largest extent that a list of layers may have


class Unsupported(Exception):
    """A legal node that deconv has no layer for, in words."""


class Geometry(NamedTuple):
    """Tuples hold one number for each spatial axis, outermost first."""
    batch: int
    groups: int
    in_channels: int
    out_channels: int
    extent: tuple
    kernel: tuple
    stride: tuple
    dilation: tuple
    pad_begin: tuple
    pad_end: tuple
    output_padding: tuple
    out: tuple
    bias: int


def resolve(node, x, weights):
    """`x`, `weights`: their dims. Raises ModelError or Unsupported without the node's name."""
    rank = len(weights) - 2
    if rank < 1:
        raise ModelError(f"weights have dims {weights}: at least 3 are needed")
    if rank > 3:
        raise Unsupported(f"{rank} spatial axes: deconv has 1 to 3")
    groups = _attribute(node, "group", NUMBER, 1)
    _check_channels(x, weights, groups)
    kernel = tuple(weights[2:])
    if tuple(_attribute(node, "kernel_shape", LIST, kernel)) != kernel:
        raise ModelError(f"kernel_shape = {list(_attribute(node, 'kernel_shape', LIST, kernel))} does not match weights of dims {weights}")
    stride, dilation = _axes(node, "strides", rank, 1, 1), _axes(node, "dilations", rank, 1, 1)
    added = _axes(node, "output_padding", rank, 0, 0)
    full = tuple((i - 1) * s + d * (k - 1) + 1 + o for i, s, d, k, o in zip(x[2:], stride, dilation, kernel, added))
    begin, end, added = _pads(node, rank, tuple(x[2:]), stride, full, added)
    out = tuple(f + a - o - b - e for f, a, o, b, e in zip(full, added, _axes(node, "output_padding", rank, 0, 0), begin, end))
    bias = int(len(node.input) > 2 and node.input[2] != "")
    geometry = Geometry(x[0], groups, x[1], weights[1] * groups, tuple(x[2:]), kernel, stride, dilation, begin, end, added, out, bias)
    _check_extents(geometry)
    return geometry


def _check_channels(x, weights, groups):
    if len(x) != len(weights):
        raise ModelError(f"input has dims {x}, weights have dims {weights}: as many are needed")
    if groups < 1 or x[1] != weights[0] or weights[0] % groups:
        raise ModelError(f"input of dims {x} does not fit weights of dims {weights} in group = {groups}")


def _check_extents(geometry):
    for name, values in geometry._asdict().items():
        values = values if isinstance(values, tuple) else (values,)
        least = 0 if name.startswith(("pad", "output_padding", "bias")) else 1
        if min(values) < least or max(values) > MOST:
            raise ModelError(f"{name} = {list(values)} is not in {least}..{MOST}")
    for added, stride, dilation in zip(geometry.output_padding, geometry.stride, geometry.dilation):
        if added >= max(stride, dilation):
            raise Unsupported(f"output_padding = {list(geometry.output_padding)}: deconv takes less than the stride or the dilation")


def _pads(node, rank, extent, stride, full, added):
    """(begin, end, output padding). What exceeds the wanted output is split; what it lacks is added at the end."""
    auto_pad = _attribute(node, "auto_pad", WORD, b"NOTSET").decode(errors="replace")
    if auto_pad not in AUTO_PAD:
        raise ModelError(f"auto_pad = '{auto_pad[:20]}' is none of {', '.join(AUTO_PAD)}")
    wanted = _attribute(node, "output_shape", LIST, ())
    if len(wanted) == rank + 2:  # engines take batch and channels before the extents too
        wanted = wanted[2:]
    if wanted and (len(wanted) != rank or min(wanted) < 1):
        raise ModelError(f"output_shape = {list(wanted)} must be {rank} positive numbers")
    if not wanted and not auto_pad.startswith("SAME"):
        pads = _axes(node, "pads", 2 * rank, 0, 0) if auto_pad == "NOTSET" else (0,) * 2 * rank
        return pads[:rank], pads[rank:], added
    target = tuple(wanted) or tuple(i * s for i, s in zip(extent, stride))
    totals = [max(f - t, 0) for f, t in zip(full, target)]
    smaller = tuple(total // 2 for total in totals)
    larger = tuple(total - total // 2 for total in totals)
    # An explicit output_shape may exceed the full output; SAME then stays below input * stride.
    added = tuple(a + max(t - f, 0) for a, t, f in zip(added, target, full)) if wanted else added
    return (smaller, larger, added) if auto_pad == "SAME_UPPER" else (larger, smaller, added)


def _axes(node, name, count, default, least):
    values = tuple(_attribute(node, name, LIST, ())) or (default,) * count
    if len(values) != count:
        raise ModelError(f"{name} = {list(values)[:8]} must have {count} values")
    if min(values) < least:
        raise ModelError(f"{name} = {list(values)} must be at least {least}")
    return values


def _attribute(node, name, kind, default):
    for attribute in node.attribute:
        if attribute.name == name:
            if attribute.type != kind:
                raise ModelError(f"attribute {name} has a wrong type")
            return {LIST: attribute.ints, NUMBER: attribute.i, WORD: attribute.s}[kind]
    return default
