# SPDX-License-Identifier: Apache-2.0
"""deconv in ONNX Runtime.

A registered library replaces ConvTranspose in unmodified models:

    options = onnxruntime.SessionOptions()
    options.register_custom_ops_library(deconv.onnxruntime.library_path())
    session = onnxruntime.InferenceSession("model.onnx", options)

rewrite(model) fuses what follows a ConvTranspose into it; the result needs the library registered too.
"""
from pathlib import Path

from .rewrite import rewrite

__all__ = ["library_path", "rewrite"]


def library_path() -> str:
    """The custom-op library's file, for SessionOptions.register_custom_ops_library. FileNotFoundError if this installation has none."""
    folder = Path(__file__).resolve().parent.parent / "lib"
    for name in ("libdeconv_onnxruntime.so", "libdeconv_onnxruntime.dylib", "deconv_onnxruntime.dll"):
        if (folder / name).exists():
            return str(folder / name)
    raise FileNotFoundError(f"no custom-op library in {folder}: this package was built with DECONV_BUILD_ONNXRUNTIME=OFF")
