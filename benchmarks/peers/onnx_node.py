# SPDX-License-Identifier: Apache-2.0
"""A layer as an ONNX model of one node, for the engines that read ONNX."""


def model(layer, weights, bias):
    """Serialized. Input X, output Y; weights and bias are constants."""
    from onnx import TensorProto, helper, numpy_helper
    constants = {"W": weights} if bias is None else {"W": weights, "B": bias}
    node = helper.make_node(
        "ConvTranspose", ["X", *constants], ["Y"], group=layer.groups, kernel_shape=layer.kernel, strides=layer.stride, dilations=layer.dilation,
        pads=(*layer.pad_begin, *layer.pad_end), output_padding=layer.output_padding)
    x, y = (helper.make_tensor_value_info(*value) for value in (("X", TensorProto.FLOAT, layer.src_shape), ("Y", TensorProto.FLOAT, layer.dst_shape)))
    graph = helper.make_graph([node], "layer", [x], [y], [numpy_helper.from_array(array, name) for name, array in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
