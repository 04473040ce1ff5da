# SPDX-License-Identifier: Apache-2.0
"""What may be fused into a ConvTranspose: y = activation(scale * convolution + bias + residual)."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy
import onnx

from .graph import Graph, attribute, per_channel

_ALPHA = {"LeakyRelu": 0.01, "Elu": 1.0}  # the operators' defaults


def batch_norm(graph: Graph, node: onnx.NodeProto, channels: int, opset: int) -> tuple[numpy.ndarray, numpy.ndarray] | None:
    """Scale and shift of an inference BatchNormalization with constant statistics, in float64; None for any other node."""
    if node.op_type != "BatchNormalization" or node.domain not in ("", "ai.onnx") or len([name for name in node.output if name]) != 1:
        return None
    if attribute(node, "training_mode", 0) or (opset < 7 and not attribute(node, "is_test", 0)) or not attribute(node, "spatial", 1):
        return None
    vectors = [graph.constant(name) for name in node.input[1:5]]
    if any(vector is None or vector.shape != (channels,) or vector.dtype != numpy.float32 for vector in vectors):
        return None
    gamma, beta, mean, variance = (vector.astype(numpy.float64) for vector in vectors)
    scale = gamma / numpy.sqrt(variance + attribute(node, "epsilon", 1e-5))
    shift = beta - mean * scale
    return (scale, shift) if numpy.isfinite(scale).all() and numpy.isfinite(shift).all() else None


@dataclass
class Epilogue:
    """Grows by the nodes that follow a ConvTranspose, in their order."""

    graph: Graph
    node: onnx.NodeProto
    rank: int
    channels: int
    opset: int
    bias: numpy.ndarray | None  # float64; None: the model computes it, so that it cannot be changed
    output: str = ""
    scale: numpy.ndarray | None = None
    slopes: numpy.ndarray | None = None
    residual: str = ""
    attributes: dict = field(default_factory=dict)
    absorbed: list = field(default_factory=list)

    def __post_init__(self):
        self.output = self.node.output[0]

    def grow(self) -> None:
        """Takes the next node as long as it can be taken; an activation is the last."""
        while "activation" not in self.attributes:
            follower = self.graph.consumer(self.output)
            if follower is None or follower.domain not in ("", "ai.onnx") or not self._take(follower):
                return
            self.absorbed.append(follower)
            self.output = follower.output[0]

    def _take(self, node: onnx.NodeProto) -> bool:
        if node.op_type == "BatchNormalization":
            return node.input[0] == self.output and self._take_affine(batch_norm(self.graph, node, self.channels, self.opset))
        if node.op_type in ("Add", "Mul"):
            if self.opset < 7:  # before, broadcasting was an attribute
                return False
            other = node.input[1] if node.input[0] == self.output else node.input[0]
            vector = per_channel(self.graph.constant(other), self.rank, self.channels)
            if vector is None:
                return node.op_type == "Add" and self._take_residual(other)
            ones, zeros = numpy.ones(self.channels), numpy.zeros(self.channels)
            return self._take_affine((ones, vector) if node.op_type == "Add" else (vector, zeros))
        return self._take_activation(node)

    def _take_affine(self, affine: tuple[numpy.ndarray, numpy.ndarray] | None) -> bool:
        if affine is None or self.bias is None or self.residual:
            return False
        scale, shift = affine
        if not (numpy.isfinite(scale).all() and numpy.isfinite(shift).all() and numpy.isfinite(self.bias).all()):
            return False  # infinity times a bias of 0 is not a number, where infinity times the sum need not be
        if (scale != 1).any():
            self.scale = scale if self.scale is None else self.scale * scale
        self.bias = self.bias * scale + shift
        return True

    def _take_residual(self, other: str) -> bool:
        if self.residual or not self.graph.same_dims(other, self.output) or self.graph.element_type(other) != onnx.TensorProto.FLOAT:
            return False
        self.residual = other
        return True

    def _take_activation(self, node: onnx.NodeProto) -> bool:
        kind = node.op_type
        if kind == "PRelu":
            self.slopes = per_channel(self.graph.constant(node.input[1]), self.rank, self.channels)
            if self.slopes is None or node.input[0] != self.output or self.opset < 7:
                return False
        elif kind == "Clip":
            limits = self._clip_limits(node)
            if limits is None:
                return False
            self.attributes.update(clip_min=limits[0], clip_max=limits[1])
        elif kind in _ALPHA:
            self.attributes["alpha"] = attribute(node, "alpha", _ALPHA[kind])
        elif kind not in ("Relu", "Sigmoid", "Tanh", "HardSwish"):
            return False
        self.attributes["activation"] = kind
        return True

    def _clip_limits(self, node: onnx.NodeProto) -> tuple[float, float] | None:
        limits = [-float(numpy.finfo(numpy.float32).max), float(numpy.finfo(numpy.float32).max)]
        if self.opset < 11:
            limits = [attribute(node, "min", limits[0]), attribute(node, "max", limits[1])]
        elif node.input[0] != self.output:
            return None
        else:
            for place, name in enumerate(node.input[1:3]):
                if not name:
                    continue
                value = self.graph.constant(name)
                if value is None or value.size != 1:
                    return None
                limits[place] = float(value.reshape(()))
        return (limits[0], limits[1]) if limits[0] <= limits[1] else None  # false for NaN too
