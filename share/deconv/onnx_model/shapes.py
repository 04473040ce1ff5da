# SPDX-License-Identifier: Apache-2.0
"""Shapes of a model's values: by ONNX's own inference, and where that stops, by running the model once."""
import numpy
import onnx
from onnx import helper, shape_inference

from . import ModelError, quoted
from .inputs import fed_inputs


class Shapes:
    """Extents of one graph's values: a number each, or None where unknown. `outer` is the graph around a body."""

    def __init__(self, graph, outer=None):
        self._outer = outer
        self._dims = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant" and node.output:
                for attribute in node.attribute:
                    if attribute.name == "value":
                        self._dims[node.output[0]] = list(attribute.t.dims)
        for value in (*graph.input, *graph.value_info, *graph.output):
            tensor = value.type.tensor_type
            if value.type.HasField("tensor_type") and tensor.HasField("shape"):
                dims = [dim.dim_value if dim.HasField("dim_value") and dim.dim_value >= 0 else None for dim in tensor.shape.dim]
                self._dims.setdefault(value.name, dims)

    def dims(self, name):
        """None for an unknown rank."""
        if name in self._dims:
            return self._dims[name]
        return self._outer.dims(name) if self._outer else None

    def learn(self, name, dims):
        self._dims[name] = list(dims)

    def known(self, name):
        dims = self.dims(name)
        return dims is not None and None not in dims


def infer(model):
    """The model with the shapes that ONNX can tell without running it."""
    try:
        return shape_inference.infer_shapes(model, data_prop=True)
    except Exception as error:  # whatever its C++ side says about a bad model
        raise ModelError(f"shape inference: {first_line(error)}") from None


def run_for_shapes(model, names):
    """Runs the model on zeros with `names` as further outputs. Returns their shapes and who ran it."""
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in known)
    feed = {value.name: _zeros(value) for value in fed_inputs(model.graph)}
    runner, run = _runner(model)
    try:
        return {name: array.shape for name, array in zip(names, run(list(names), feed))}, runner
    except Exception as error:  # engines raise their own types, and what they say is all there is to tell
        raise ModelError(f"some shapes depend on values, and {runner} cannot run the model on zeros: {first_line(error)}") from None


def _runner(model):
    try:
        import onnxruntime
    except ImportError:
        from onnx.reference import ReferenceEvaluator
        return "onnx.reference", lambda names, feed: ReferenceEvaluator(model).run(names, feed)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return "onnxruntime", lambda names, feed: onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(names, feed)


def _zeros(value):
    tensor = value.type.tensor_type
    try:
        return numpy.zeros([dim.dim_value for dim in tensor.shape.dim], helper.tensor_dtype_to_np_dtype(tensor.elem_type))
    except (KeyError, MemoryError, ValueError) as error:
        raise ModelError(f"some shapes depend on values, and input {quoted(value.name)} cannot be made up: {first_line(error)}") from None


def first_line(error):
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
