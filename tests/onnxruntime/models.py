# SPDX-License-Identifier: Apache-2.0
"""Small models and sessions for the tests."""
import deconv.onnxruntime
import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def session(model, library=True, threads=0, **options_of_session):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    for name, value in options_of_session.items():
        setattr(options, name, value)
    if library:
        options.register_custom_ops_library(deconv.onnxruntime.library_path())
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def run(model, feed, library=True, **arguments):
    return session(model, library, **arguments).run(None, feed)[0]


def model(nodes, inputs, constants=None, opset=17, ir_version=8, element_type=TensorProto.FLOAT, output_rank=4):
    """inputs: dims by name. constants: values by name, stored as they are if they are arrays, else as float32. The output is Y."""
    arrays = {name: value if isinstance(value, numpy.ndarray) else numpy.asarray(value, numpy.float32) for name, value in (constants or {}).items()}
    graph = helper.make_graph(
        nodes, "test", [helper.make_tensor_value_info(name, element_type, dims) for name, dims in inputs.items()],
        [helper.make_tensor_value_info("Y", element_type, [f"y{axis}" for axis in range(output_rank)])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version)


def conv_transpose(inputs=("X", "W"), output="Y", **attributes):
    return helper.make_node("ConvTranspose", list(inputs), [output], name=f"layer {output}", **attributes)


def random(*dims, seed=0):
    return numpy.random.default_rng(seed).standard_normal(dims, dtype=numpy.float32)


def feed_of(proto, seed=0):
    """Random values for every input of a model, extents that are not numbers as 5."""
    initializers = {tensor.name for tensor in proto.graph.initializer}
    values = [value for value in proto.graph.input if value.name not in initializers]
    return {value.name: random(*(dim.dim_value or 5 for dim in value.type.tensor_type.shape.dim), seed=seed + i) for i, value in enumerate(values)}


def operators(proto):
    return [f"{node.domain}.{node.op_type}" if node.domain else node.op_type for node in proto.graph.node]


def constant_names(proto):
    return {tensor.name for tensor in proto.graph.initializer}
