# SPDX-License-Identifier: Apache-2.0
"""Transposed convolution ("deconvolution", ConvTranspose) for inference on CPUs.

    y = deconv.conv_transpose(x, weights, bias, stride=2, padding=1)

    layer = deconv.ConvTranspose(weights, bias, stride=2, padding=1, activation="relu")   # packs the weights once
    y = layer(x)                                                                          # any extents
    layer(x, out=y)

Arrays are float32, of NumPy or of any framework that speaks DLPack. deconv.torch and deconv.onnxruntime bring it into those engines.
"""
import pathlib
from typing import Any

from . import _native
from .errors import BackendFailure, Error, InvalidArgument, OutOfMemory, Unsupported
from .operator import ConvTranspose, conv_transpose, explain
from .tuning import Measured, Tuning, clear_tuning, load_tuning, tune

__version__: str = _native.info()["version"]

__all__ = ["BackendFailure", "ConvTranspose", "Error", "InvalidArgument", "Measured", "OutOfMemory", "Tuning", "Unsupported", "clear_tuning",
           "conv_transpose", "explain", "info", "library_path", "load_tuning", "tune"]


def info() -> dict[str, Any]:
    """The library's version and file, its backends in ranked order with their algorithms, and this CPU's instruction sets, best first."""
    return {**_native.info(), "library": library_path()}


def library_path() -> str:
    """The shared library inside this package: what C and C++ programs may link, too."""
    (path,) = (pathlib.Path(__file__).parent / "lib").glob("libdeconv.*")
    return str(path)
