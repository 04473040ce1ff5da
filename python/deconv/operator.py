# SPDX-License-Identifier: Apache-2.0
"""A layer with its weights packed, and the functions that make one for a single call or a single question."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from . import _native
from .arguments import Activation, Axes, Padding, layout_word, padding_mode, parameters
from .errors import InvalidArgument
from .frameworks import like, shape_of, shared


class ConvTranspose:
    """A transposed convolution with packed weights: make it once, call it with inputs of any extent.

    weights: (in_channels, out_channels / groups, *kernel), as PyTorch and ONNX have them, or in the order that `weights_layout` names:
    "OIHW" (oneDNN), "HWOI" (TensorFlow), "OHWI" (TFLite), with W or DHW for other ranks. One, two or three kernel axes. float32, C order;
    copied. `weights_form="correlation"` is the kernel rotated by 180 degrees on every axis.

    stride, output_padding, dilation, groups: as torch.nn.ConvTranspose2d. padding: as there, or a pair (begin, end) for each axis, or
    "SAME" (output = input * stride, as TensorFlow), "SAME_UPPER", "SAME_LOWER" (ONNX), "VALID". layout: "channels_first" (NCW, NCHW,
    NCDHW) or "channels_last" (NWC, NHWC, NDHWC) of x, and of the output and residual unless out_layout says otherwise.

    result = activation(scale[c] * sum + bias[c] + residual). activation: "relu", "relu6", "sigmoid", "tanh", "gelu", "gelu_tanh", "silu",
    "hardswish", ("leaky_relu", slope), ("elu", alpha), ("clamp", low, high), ("prelu", slopes). bias, scale, slopes: (out_channels,).
    residual=True: every call brings one.

    threads: most threads of a call; 0 is OpenMP's default at the first call with a shape. accuracy "strict" computes each product once and
    sums plainly. backend, algorithm, max_isa: names of info(), instead of the library's own choice, which expected_shape (a shape that x
    will often have) helps. Objects may be called from any number of threads; a call releases the GIL and allocates its result only.
    """

    def __init__(self, weights: Any, bias: Any = None, *, stride: Axes = 1, padding: Padding = 0, output_padding: Axes = 0,
                 dilation: Axes = 1, groups: int = 1, layout: str = "channels_first", out_layout: Optional[str] = None,
                 weights_layout: str = "IO", weights_form: str = "transposed", activation: Activation = None, scale: Any = None,
                 residual: bool = False, threads: int = 0, accuracy: str = "default", backend: str = "", algorithm: str = "",
                 max_isa: str = "", expected_shape: Optional[Sequence[int]] = None) -> None:
        params = parameters(weights, shape_of(weights, "weights"), bias, stride=stride, padding=padding, output_padding=output_padding,
                            dilation=dilation, groups=groups, layout=layout, out_layout=out_layout, weights_layout=weights_layout,
                            weights_form=weights_form, activation=activation, scale=scale, residual=residual, accuracy=accuracy,
                            backend=backend, algorithm=algorithm, max_isa=max_isa, expected_shape=expected_shape, threads=threads)
        self._layer = _native.Layer(params, threads)
        self._run = self._layer.run
        self._padding_mode = padding_mode(padding)
        self._channels_last = layout_word(layout) == "channels_last"

    def __call__(self, x: Any, *, out: Any = None, residual: Any = None, output_size: Optional[Sequence[int]] = None,
                 threads: Optional[int] = None) -> Any:
        """The layer applied to x, an array of NumPy or of a framework that speaks DLPack (PyTorch, JAX), without copies.

        x: float32, C order, (batch, channels, *spatial) or (batch, *spatial, channels) as the layout says, or without the batch. The result
        is a new array of x's framework, or `out` where that is given. residual: the result's shape; it may be `out`. output_size: the
        spatial extents wanted, as torch.nn.ConvTranspose2d.forward's (with padding words as TensorFlow's output_shape).
        TypeError: no array, another dtype or device. deconv.InvalidArgument (a ValueError): whatever else is wrong, in words.
        """
        padding = None if output_size is None else self.padding_for(shape_of(x, "x"), output_size)
        if type(x) is np.ndarray:
            return self._run(x, out, residual, threads, padding)
        if residual is not None:
            residual = shared(residual, "residual")
        if out is None:
            return like(x, self._run(shared(x, "x"), None, residual, threads, padding))
        self._run(shared(x, "x"), shared(out, "out"), residual, threads, padding)
        return out

    def padding_for(self, shape: Sequence[int], output_size: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        """Begins, ends and output paddings that make an input of this shape into output_size."""
        params = self._layer.params
        rank, wanted = params.rank, list(output_size)[-params.rank:]
        extents = list(shape[-rank - 1:-1] if self._channels_last else shape[-rank:])
        if self._padding_mode is not None:
            return _native.resolve_padding(params, self._padding_mode, extents, wanted)
        begin, end, output = params.padding
        least = [size - added for size, added in zip(_native.output_shape(params, extents), output)]
        most = [size + max(stride, dilation) - 1 for size, stride, dilation in zip(least, params.stride, params.dilation)]
        if len(wanted) != rank or any(not low <= size <= high for low, size, high in zip(least, wanted, most)):
            raise InvalidArgument(f"output_size = {tuple(output_size)} is out of reach: an input of {tuple(extents)} makes "
                                  f"{tuple(least)} to {tuple(most)}")
        return begin, end, [size - low for size, low in zip(wanted, least)]

    def output_shape(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The result's shape for an input of this shape."""
        out = self._layer.plan(list(shape)).out_shape
        return out if len(shape) == len(out) else out[1:]

    def plan(self, shape: Sequence[int], threads: Optional[int] = None) -> _native.Plan:
        """What runs for an input of this shape: description, threads, workspace_bytes, flops, bytes."""
        return self._layer.plan(list(shape), threads)

    @property
    def backend(self) -> str:
        """The backend that was chosen: "highway"."""
        return self._layer.backend

    @property
    def isa(self) -> str:
        """Its instruction set, "AVX3"; "" where the backend has no such choice."""
        return self._layer.isa

    @property
    def algorithm(self) -> str:
        """Its algorithm, "phase_gemm"; "" where the backend has no such choice."""
        return self._layer.algorithm

    @property
    def packed_bytes(self) -> int:
        """Memory held for weights and per-channel vectors."""
        return self._layer.packed_bytes

    def explain(self) -> str:
        """One line for each candidate backend and algorithm: chosen, possible or declined, and why."""
        return self._layer.candidates

    def __repr__(self) -> str:
        return f"<deconv.ConvTranspose {self._layer.description}>"

    def __reduce__(self) -> Any:
        raise TypeError("deconv.ConvTranspose holds weights packed for this machine: send the arrays and make it where it is used")


def conv_transpose(x: Any, weights: Any, bias: Any = None, stride: Axes = 1, padding: Padding = 0, output_padding: Axes = 0,
                   groups: int = 1, dilation: Axes = 1, *, layout: str = "channels_first", weights_layout: str = "IO",
                   activation: Activation = None, scale: Any = None, residual: Any = None,
                   output_size: Optional[Sequence[int]] = None, out: Any = None, threads: int = 0, **choice: Any) -> Any:
    """ConvTranspose in one call, with the positional arguments of torch.nn.functional.conv_transpose2d; residual is the array itself.

    Packs the weights each time: a layer that runs more than once is a ConvTranspose. Other arguments are those of ConvTranspose.
    """
    layer = ConvTranspose(weights, bias, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation, groups=groups,
                          layout=layout, weights_layout=weights_layout, activation=activation, scale=scale,
                          residual=residual is not None, threads=threads, **{"expected_shape": shape_of(x, "x"), **choice})
    return layer(x, out=out, residual=residual, output_size=output_size)


def explain(weights: Any, bias: Any = None, **arguments: Any) -> str:
    """One line for each candidate backend and algorithm: chosen, possible or declined, and why. Nothing is packed.

    weights: an array or only its shape. Other arguments are those of ConvTranspose; expected_shape is the input's.
    """
    shape = tuple(weights) if isinstance(weights, (tuple, list)) else shape_of(weights, "weights")
    return _native.explain(parameters(None, shape, bias, **arguments))
