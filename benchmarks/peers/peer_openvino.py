# SPDX-License-Identifier: Apache-2.0
"""OpenVINO's CPU plugin in float32, one stream."""
from interface import Peer, Prepared
from onnx_node import model


def prepare(layer, x, weights, bias, threads):
    import openvino
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model(layer, weights, bias)), "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(x, shared_memory=True))

    def output():
        request.infer()
        return request.get_output_tensor().data
    return Prepared(request.infer, output)


PEERS = [Peer("openvino", "OpenVINO", "openvino", "nchw", prepare)]
