# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime's CPU provider, input and output bound to memory of the caller."""
import numpy
from interface import Peer, Prepared
from onnx_node import model


def prepare(layer, x, weights, bias, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 4
    session = onnxruntime.InferenceSession(model(layer, weights, bias), options, providers=["CPUExecutionProvider"])
    y = numpy.empty(layer.dst_shape, numpy.float32)
    binding = session.io_binding()
    binding.bind_cpu_input("X", x)
    binding.bind_output("Y", "cpu", 0, numpy.float32, layer.dst_shape, y.ctypes.data)

    def output():
        session.run_with_iobinding(binding)
        return y
    return Prepared(lambda: session.run_with_iobinding(binding), output)


PEERS = [Peer("ort", "ONNX Runtime", "onnxruntime", "nchw", prepare)]
