# SPDX-License-Identifier: Apache-2.0
"""Rewrites the nodes of one graph and of the bodies in it."""
from __future__ import annotations

import numpy
import onnx

from .fusion import Epilogue, batch_norm
from .graph import Graph, attribute, subgraphs
from .rewrite import DOMAIN

_RANKS = (1, 2, 3)


def rewrite_graph(proto: onnx.GraphProto, shapes: onnx.GraphProto, opset: int, ir_version: int, outer: Graph | None = None) -> int:
    """Rewrites in place and returns the number of nodes moved. `shapes`: the same graph with inferred types."""
    graph = Graph(proto, shapes, ir_version, outer)
    moved = 0
    for node in list(proto.node):
        if node.op_type == "ConvTranspose" and node.domain in ("", "ai.onnx"):
            try:
                moved += _move(graph, node, opset)
            except (IndexError, KeyError, TypeError, ValueError) as error:  # inputs, attributes or data that ONNX does not allow
                raise ValueError(f"node {node.name or node.output[:1]!r} or one beside it is no valid ONNX: {type(error).__name__}: {error}") from error
    for node in proto.node:
        for body in subgraphs(node):
            moved += rewrite_graph(body, body, opset, ir_version, graph)
    if moved:
        _drop_unused(proto, ir_version)
    return moved


def _move(graph: Graph, node: onnx.NodeProto, opset: int) -> bool:
    dims = graph.dims(node.input[1])
    if dims is None or len(dims) - 2 not in _RANKS or not isinstance(dims[1], int) or not isinstance(dims[0], int):
        return False
    if onnx.TensorProto.FLOAT not in (graph.element_type(node.input[0]), graph.element_type(node.input[1])):
        return False
    rank, channels = len(dims) - 2, dims[1] * attribute(node, "group", 1)
    bias_name = node.input[2] if len(node.input) > 2 else ""
    if channels < 1 or (bias_name and graph.dims(bias_name) not in (None, [channels])):
        return False  # the session will say what is wrong
    bias = numpy.zeros(channels) if not bias_name else graph.constant(bias_name)
    epilogue = Epilogue(graph, node, rank, channels, opset, None if bias is None else bias.astype(numpy.float64))
    absorbed_before = _absorb_batch_norm(graph, node, epilogue, opset)
    epilogue.grow()
    _replace(graph, node, epilogue, bias_name)
    for gone in (*absorbed_before, *epilogue.absorbed):
        graph.proto.node.remove(gone)
    return True


def _absorb_batch_norm(graph: Graph, node: onnx.NodeProto, epilogue: Epilogue, opset: int) -> list[onnx.NodeProto]:
    """A BatchNormalization before: its scale goes into the weights. Its shift reaches fewer taps at borders and in phases with fewer
    taps, so it must be 0, unless each output has exactly one tap."""
    before = graph.producer(node.input[0])
    weights = graph.constant(node.input[1])
    if before is None or weights is None or weights.dtype != numpy.float32 or not graph.used_once(node.input[0]):
        return []
    affine = batch_norm(graph, before, weights.shape[0], opset)
    if affine is None:
        return []
    scale, shift = affine
    if shift.any():
        if not _is_pointwise(node, weights) or epilogue.bias is None or attribute(node, "group", 1) != 1:
            return []
        epilogue.bias = epilogue.bias + shift @ weights.astype(numpy.float64).reshape(weights.shape[:2])
    scaled = weights * scale.reshape(-1, *(1,) * (weights.ndim - 1))
    node.input[1] = graph.add_constant(node.input[1] + "_scaled", scaled)
    node.input[0] = before.input[0]
    return [before]


def _is_pointwise(node: onnx.NodeProto, weights: numpy.ndarray) -> bool:
    plain = attribute(node, "auto_pad", b"NOTSET") in (b"NOTSET", b"VALID") and not attribute(node, "output_shape", [])
    zeros = (*attribute(node, "pads", []), *attribute(node, "output_padding", []))
    return plain and set(weights.shape[2:]) == {1} and set(attribute(node, "strides", [1])) == {1} and not any(zeros)


def _replace(graph: Graph, node: onnx.NodeProto, epilogue: Epilogue, bias_name: str) -> None:
    """The new node stands where the last absorbed one stood: all its inputs exist there."""
    name = node.name or node.output[0]
    inputs = [node.input[0], node.input[1], bias_name, "", "", epilogue.residual]
    if epilogue.bias is not None and (epilogue.bias.any() if not bias_name else _changed(graph, bias_name, epilogue.bias)):
        inputs[2] = graph.add_constant(name + "_bias", epilogue.bias)
    if epilogue.scale is not None:
        inputs[3] = graph.add_constant(name + "_scale", epilogue.scale)
    if epilogue.slopes is not None:
        inputs[4] = graph.add_constant(name + "_slopes", epilogue.slopes)
    while not inputs[-1]:
        inputs.pop()
    fused = onnx.helper.make_node("ConvTranspose", inputs, [epilogue.output], name=node.name, domain=DOMAIN, **epilogue.attributes)
    fused.attribute.extend(node.attribute)
    last = epilogue.absorbed[-1] if epilogue.absorbed else node
    graph.proto.node.insert(list(graph.proto.node).index(last), fused)
    graph.proto.node.remove(node)


def _changed(graph: Graph, bias_name: str, bias: numpy.ndarray) -> bool:
    return not numpy.array_equal(graph.constant(bias_name), bias)


def _drop_unused(proto: onnx.GraphProto, ir_version: int) -> None:
    """Removes initializers, Constant nodes and types that the fusion left without a reader or writer."""
    graph = Graph(proto, proto, ir_version)
    inputs = {value.name for value in proto.input}
    unused = {tensor.name for tensor in proto.initializer if graph.unused(tensor.name)}
    if ir_version >= 4:  # there an initializer that is an input too is part of the model's signature
        unused -= inputs
    written = {name for node in proto.node for name in node.output}
    for field, keep in (
        (proto.initializer, lambda tensor: tensor.name not in unused),
        (proto.input, lambda value: value.name not in unused),
        (proto.node, lambda node: node.op_type != "Constant" or not graph.unused(node.output[0])),
        (proto.value_info, lambda value: value.name in written),
    ):
        for item in [item for item in field if not keep(item)]:
            field.remove(item)
