# SPDX-License-Identifier: Apache-2.0
"""Moves a model's ConvTranspose nodes to the fused operator of domain "deconv"."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx

DOMAIN = "deconv"


def rewrite(model: onnx.ModelProto | str | os.PathLike) -> onnx.ModelProto:
    """A copy of the model whose float32 ConvTranspose nodes are this library's, with their neighbours fused into them.

    Fused, where nothing else reads the values between: a following BatchNormalization, Mul or Add with one constant per channel, an
    Add of a tensor that surely has the output's shape, then one Relu, LeakyRelu, PRelu, Clip, Sigmoid, Tanh, HardSwish or Elu; a
    preceding BatchNormalization where it commutes with the borders (no shift, or a 1x1 kernel). All of it is exact but for rounding.

    The result needs library_path() registered in its session. ImportError without the onnx package; ValueError, which names the node, where
    a ConvTranspose or its neighbour lacks inputs or has attributes or data that ONNX does not allow.
    """
    from .nodes import rewrite_graph  # onnx is needed here only

    import onnx

    source = model if isinstance(model, onnx.ModelProto) else onnx.load(os.fspath(model))
    result = onnx.ModelProto()
    result.CopyFrom(source)
    opset = next((entry.version for entry in result.opset_import if entry.domain in ("", "ai.onnx")), 0)
    try:
        shapes = onnx.shape_inference.infer_shapes(source).graph
    except Exception:  # a model beyond inference (2 GiB, foreign operators): without shapes there are only fewer fusions
        shapes = source.graph
    if rewrite_graph(result.graph, shapes, opset, result.ir_version):
        result.opset_import.append(onnx.helper.make_opsetid(DOMAIN, 1))
    return result
