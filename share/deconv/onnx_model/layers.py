# SPDX-License-Identifier: Apache-2.0
"""Every ConvTranspose of a model, also in the bodies of If, Loop and Scan and in its functions, with its geometry."""
import math
from typing import NamedTuple

import onnx
import onnx.inliner
from google.protobuf.message import DecodeError
from onnx import AttributeProto

from . import ModelError, quoted
from .geometry import Geometry, Unsupported, resolve
from .inputs import fix_inputs
from .shapes import Shapes, first_line, infer, run_for_shapes


_MOST_NODES = 100_000  # of a model with its functions written out


class Layer(NamedTuple):
    name: str
    geometry: Geometry
    followed_by: str  # the operator that alone reads the output; "none"


class Found(NamedTuple):
    layers: list
    shapes_from: str  # what told the shapes
    notes: list       # assumptions, and nodes that were left out


class _Node(NamedTuple):
    node: onnx.NodeProto
    shapes: Shapes
    nodes: list  # of the same graph
    in_body: bool

    @property
    def name(self):
        return self.node.name or (self.node.output[0] if self.node.output else "ConvTranspose")


def read_layers(path, input_shapes):
    """`input_shapes`: texts as of --input-shape. Layers stand in the model's order."""
    model = _load(path, weights=False)
    changed, notes = fix_inputs(model.graph, input_shapes)
    if changed:  # the file's shapes of inner values are of other inputs
        del model.graph.value_info[:]
    inferred = infer(model)
    nodes = list(_conv_transposes(inferred.graph, Shapes(inferred.graph)))
    if not nodes:
        raise ModelError("the model has no ConvTranspose")
    shapes_from = "onnx.shape_inference"
    unknown = [n for n in nodes if not _inputs_known(n)]
    if unknown:
        shapes_from = _run(path, input_shapes, unknown)
    layers = []
    for n in nodes:
        layers += _layer(n, notes)
    if not layers:
        raise ModelError("deconv has no layer for any ConvTranspose of the model: " + "; ".join(notes))
    return Found(layers, shapes_from, notes)


def _load(path, weights):
    try:
        model = onnx.load(path, load_external_data=weights)
        if not model.HasField("graph"):
            raise ModelError("no ONNX model: it has no graph")
        if not model.functions:
            return model
        _require_few_nodes(model)
        return onnx.inliner.inline_local_functions(model)
    except OSError as error:
        raise ModelError(error.strerror or first_line(error)) from None
    except DecodeError:
        raise ModelError("no ONNX model, or a damaged one") from None
    except ModelError:
        raise
    except Exception as error:  # each text format's parser has an error of its own, and the model decides which one reads it
        raise ModelError(first_line(error) or type(error).__name__) from None


def _require_few_nodes(model):
    """Functions that call functions twice each make 2^levels nodes of a file of a few KB."""
    functions = {(function.domain, function.name): function for function in model.functions}
    sizes = {}

    def size(key):
        if key not in sizes:
            sizes[key] = math.inf  # of a function that calls itself
            sizes[key] = nodes(functions[key].node)
        return sizes[key]

    def nodes(those):
        total = 0
        for node in those:
            key = (node.domain, node.op_type)
            bodies = [body for attribute in node.attribute for body in ([attribute.g] if attribute.HasField("g") else attribute.graphs)]
            total += 1 + (size(key) if key in functions else 0) + sum(nodes(body.node) for body in bodies)
        return total

    if nodes(model.graph.node) > _MOST_NODES:
        raise ModelError(f"its functions make more than {_MOST_NODES} nodes")


def _conv_transposes(graph, shapes, in_body=False):
    for node in graph.node:
        if node.op_type == "ConvTranspose" and node.domain in ("", "ai.onnx"):
            yield _Node(node, shapes, graph.node, in_body)
        for attribute in node.attribute:
            bodies = [attribute.g] if attribute.type == AttributeProto.GRAPH else attribute.graphs
            for body in bodies:
                yield from _conv_transposes(body, Shapes(body, shapes), True)


def _inputs_known(n):
    if len(n.node.input) < 2:
        raise ModelError(f"node {quoted(n.name)}: ConvTranspose needs an input and weights")
    return all(n.shapes.known(name) for name in n.node.input[:2])


def _run(path, input_shapes, unknown):
    for n in unknown:
        if n.in_body:
            raise ModelError(f"node {quoted(n.name)} stands in a body of If, Loop or Scan: {_unknown_dim(n)}")
    model = _load(path, weights=True)
    fix_inputs(model.graph, input_shapes)
    names = {name: None for n in unknown for name in n.node.input[:2] if not n.shapes.known(name)}
    try:
        shapes, runner = run_for_shapes(model, list(names))
    except ModelError as error:
        raise ModelError(f"node {quoted(unknown[0].name)}: {_unknown_dim(unknown[0])}; {error}") from None
    for n in unknown:
        for name in n.node.input[:2]:
            if name in shapes:
                n.shapes.learn(name, shapes[name])
    return runner


def _unknown_dim(n):
    for name in n.node.input[:2]:
        dims = n.shapes.dims(name)
        if dims is None:
            return f"the rank of its input {quoted(name)} is unknown"
        if None in dims:
            return f"dim {dims.index(None)} of its input {quoted(name)} is unknown"


def _layer(n, notes):
    x, weights = (n.shapes.dims(name) for name in n.node.input[:2])
    try:
        geometry = resolve(n.node, x, weights)
    except ModelError as error:
        raise ModelError(f"node {quoted(n.name)}: {error}") from None
    except Unsupported as error:
        notes.append(f"node {quoted(n.name)} is left out: {error}")
        return []
    readers = [node.op_type for node in n.nodes if n.node.output and n.node.output[0] in node.input]
    return [Layer(n.name, geometry, readers[0] if len(readers) == 1 else "none")]
