# SPDX-License-Identifier: Apache-2.0
"""LiteRT (TensorFlow Lite) with its XNNPACK delegate: TRANSPOSE_CONV is two-dimensional and knows SAME and VALID pads only."""
import numpy
from interface import Peer, Prepared, Unsupported


def prepare(layer, x, weights, bias, threads):
    from ai_edge_litert.interpreter import Interpreter
    if layer.rank != 2 or layer.groups != 1 or max(layer.dilation) > 1:
        raise Unsupported("TRANSPOSE_CONV has two dimensions, one group and no dilation")
    same, mirrored = _padding(layer)
    x, weights = numpy.flip(x, mirrored), numpy.flip(weights, mirrored)
    interpreter = Interpreter(model_content=_model(layer, weights, bias, same), num_threads=threads)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], numpy.ascontiguousarray(numpy.moveaxis(x, 1, -1)))
    index = interpreter.get_output_details()[0]["index"]

    def output():
        interpreter.invoke()
        return numpy.flip(numpy.moveaxis(interpreter.get_tensor(index), -1, 1), mirrored)
    return Prepared(interpreter.invoke, output)


def _padding(layer):
    """Whether SAME does it, and the axes to mirror: SAME pads the end more, and a layer padded more at its begin is the mirror image of one."""
    extents = list(zip(layer.extent, layer.kernel, layer.stride, layer.out))
    if all(out == (i - 1) * s + k for i, k, s, out in extents) and not any((*layer.pad_begin, *layer.output_padding)):
        return False, ()
    totals = [max((i - 1) * s + k - out, 0) for i, k, s, out in extents]
    mirrored = tuple(2 + axis for axis, total in enumerate(totals) if layer.pad_begin[axis] != total // 2)
    fits = all(begin in (total // 2, total - total // 2) for begin, total in zip(layer.pad_begin, totals))
    if not fits or any((out + s - 1) // s != i for i, _, s, out in extents):
        raise Unsupported("pads are neither SAME nor VALID")
    return True, mirrored


def _model(layer, weights, bias, same):
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
    shapes = {"shape": ((4,), numpy.array([layer.batch, *layer.out, layer.out_channels], numpy.int32)),
              "weights": ((layer.out_channels, *layer.kernel, layer.in_channels), numpy.moveaxis(weights, 0, -1)),
              "x": ((layer.batch, *layer.extent, layer.in_channels), None), "y": ((layer.batch, *layer.out, layer.out_channels), None)}
    if bias is not None:
        shapes["bias"] = ((layer.out_channels,), bias)
    model, graph, operator, options, code = (getattr(schema, kind)() for kind in ("ModelT", "SubGraphT", "OperatorT", "TransposeConvOptionsT", "OperatorCodeT"))
    model.buffers = [schema.BufferT()]
    graph.tensors = []
    for name, (shape, values) in shapes.items():
        tensor, buffer = schema.TensorT(), schema.BufferT()
        tensor.name, tensor.shape, tensor.buffer = name, shape, len(model.buffers)
        tensor.type = schema.TensorType.INT32 if name == "shape" else schema.TensorType.FLOAT32
        buffer.data = None if values is None else numpy.frombuffer(numpy.ascontiguousarray(values).tobytes(), numpy.uint8)
        model.buffers.append(buffer)
        graph.tensors.append(tensor)
    options.padding = schema.Padding.SAME if same else schema.Padding.VALID
    options.strideH, options.strideW = layer.stride
    operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.TransposeConvOptions, options
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, [0, 1, 2] if bias is None else [0, 1, 2, 4], [3]
    graph.operators, graph.inputs, graph.outputs = [operator], [2], [3]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.TRANSPOSE_CONV
    code.version = 1 if bias is None else 3
    model.version, model.subgraphs, model.operatorCodes = 3, [graph], [code]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


PEERS = [Peer("litert", "LiteRT", "ai-edge-litert", "nhwc", prepare)]
