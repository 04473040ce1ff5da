# SPDX-License-Identifier: Apache-2.0
"""What a rewriter asks of an ONNX graph: constants, uses, shapes."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy
import onnx
from onnx import numpy_helper


def attribute(node: onnx.NodeProto, name: str, default=None):
    """An attribute's value, or the default where the node has none of that name."""
    for candidate in node.attribute:
        if candidate.name == name:
            return onnx.helper.get_attribute_value(candidate)
    return default


def subgraphs(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """The bodies of If, Loop and Scan."""
    for candidate in node.attribute:
        if candidate.type == onnx.AttributeProto.GRAPH:
            yield candidate.g
        elif candidate.type == onnx.AttributeProto.GRAPHS:
            yield from candidate.graphs


def _count_uses(graph: onnx.GraphProto, uses: Counter) -> None:
    uses.update(output.name for output in graph.output)
    for node in graph.node:
        uses.update(node.input)
        for body in subgraphs(node):
            _count_uses(body, uses)


class Graph:
    """One graph (the model's, or a body) with its constants, the uses of its values and their shapes."""

    def __init__(self, proto: onnx.GraphProto, shapes: onnx.GraphProto, ir_version: int, outer: Graph | None = None):
        """`shapes`: the same graph with the types that shape inference found."""
        self.proto = proto
        self._outer = outer
        self._initializers_are_inputs = ir_version < 4
        self._constants = {tensor.name: tensor for tensor in proto.initializer}
        if ir_version >= 4:  # from then on an initializer that is an input too is a default that a caller may replace
            for value in proto.input:
                self._constants.pop(value.name, None)
        for node in proto.node:
            if node.op_type == "Constant" and attribute(node, "value") is not None:
                self._constants[node.output[0]] = attribute(node, "value")
        self._types = {value.name: value.type.tensor_type for value in (*shapes.value_info, *shapes.input, *shapes.output)}
        # Names of this graph's own: what they hide in the graph around it is another value.
        self._own = {value.name for value in proto.input} | set(self._constants) | {name for node in proto.node for name in node.output}
        self._uses: Counter = Counter()
        _count_uses(proto, self._uses)
        self._names = set(self._uses) | set(self._constants)

    def _sees(self, name: str) -> bool:
        """Whether a name means a value of the graph around this one."""
        return self._outer is not None and name not in self._own

    def constant(self, name: str) -> numpy.ndarray | None:
        """A value that no run changes, or None."""
        if name in self._constants:
            return numpy_helper.to_array(self._constants[name])
        return self._outer.constant(name) if self._sees(name) else None

    def element_type(self, name: str) -> int:
        """onnx.TensorProto.FLOAT and so on; UNDEFINED where unknown."""
        if name in self._constants:
            return self._constants[name].data_type
        if name in self._types:
            return self._types[name].elem_type
        return self._outer.element_type(name) if self._sees(name) else onnx.TensorProto.UNDEFINED

    def dims(self, name: str) -> list[int | str | None] | None:
        """Extents: a number, a symbol's name or None each; None for an unknown rank."""
        if name in self._constants:
            return list(self._constants[name].dims)
        if name not in self._types:
            return self._outer.dims(name) if self._sees(name) else None
        if not self._types[name].HasField("shape"):
            return None
        return [dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None for dim in self._types[name].shape.dim]

    def same_dims(self, a: str, b: str) -> bool:
        """Whether two values surely have the same shape."""
        first, second = self.dims(a), self.dims(b)
        return first is not None and first == second and None not in first

    def unused(self, name: str) -> bool:
        return self._uses[name] == 0

    def used_once(self, name: str) -> bool:
        return self._uses[name] == 1

    def consumer(self, name: str) -> onnx.NodeProto | None:
        """The one node of this graph that reads a value; None where there are more, or where it is an output or read in a body."""
        if not self.used_once(name):
            return None
        return next((node for node in self.proto.node if name in node.input), None)

    def producer(self, name: str) -> onnx.NodeProto | None:
        return next((node for node in self.proto.node if name in node.output), None) if name else None

    def add_constant(self, name: str, values: numpy.ndarray) -> str:
        """Adds an initializer and returns its name, which begins with the one asked for."""
        unique, count = name, 0
        while unique in self._names:
            count += 1
            unique = f"{name}_{count}"
        self._names.add(unique)
        self.proto.initializer.append(numpy_helper.from_array(numpy.ascontiguousarray(values, numpy.float32), unique))
        self._constants[unique] = self.proto.initializer[-1]
        if self._initializers_are_inputs:
            self.proto.input.append(onnx.helper.make_tensor_value_info(unique, onnx.TensorProto.FLOAT, values.shape))
        return unique


def per_channel(values: numpy.ndarray | None, rank: int, channels: int) -> numpy.ndarray | None:
    """A constant that broadcasts to (batch, channels, extents...) with one value for each channel, as `channels` float64; None otherwise."""
    if values is None or values.ndim > rank + 2 or values.dtype != numpy.float32:
        return None
    shape = (1,) * (rank + 2 - values.ndim) + values.shape
    if any(extent != 1 for axis, extent in enumerate(shape) if axis != 1) or shape[1] not in (1, channels):
        return None
    return numpy.broadcast_to(values.astype(numpy.float64).reshape(-1), (channels,)).copy()
