# SPDX-License-Identifier: Apache-2.0
"""ncnn in float32; it runs one image at a time."""
import pathlib
import tempfile

import numpy
from interface import Peer, Prepared, Unsupported

# Numbers of ncnn's parameters for width, height and depth.
PARAMETERS = {"kernel": (1, 11, 21), "dilation": (2, 12, 22), "stride": (3, 13, 23), "pad_begin": (4, 14, 24), "pad_end": (15, 16, 17),
              "output_padding": (18, 19, 20)}
OUTPUTS, BIAS, WEIGHTS, GROUPS = 0, 5, 6, 7
KINDS = ("1D", "", "3D")
MAGIC, FLOAT32 = "7767517", bytes(4)


def prepare(layer, x, weights, bias, threads):
    import ncnn
    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    with tempfile.TemporaryDirectory() as folder:
        param, blob = (pathlib.Path(folder) / name for name in ("layer.param", "layer.bin"))
        param.write_text(f"{MAGIC}\n2 2\nInput in 0 1 in\n{_line(layer, weights)}\n")
        blob.write_bytes(FLOAT32 + _by_outputs(layer, weights).tobytes() + (b"" if bias is None else bias.tobytes()))
        if net.load_param(str(param)) or net.load_model(str(blob)):
            raise Unsupported("ncnn does not load the layer")
    images = [ncnn.Mat(image) for image in x]

    def extract(image):
        extractor = net.create_extractor()
        extractor.input("in", image)
        status, y = extractor.extract("out")
        if status:
            raise RuntimeError(f"extract returned {status}")
        return y
    return Prepared(lambda: [extract(image) for image in images], lambda: numpy.stack([numpy.array(extract(image)) for image in images]))


def _line(layer, weights):
    parameters = {OUTPUTS: layer.out_channels, BIAS: int(layer.bias), WEIGHTS: weights.size}
    for field, numbers in PARAMETERS.items():
        parameters.update(zip(numbers, reversed(getattr(layer, field))))
    if layer.groups > 1:
        parameters[GROUPS] = layer.groups
    kind = ("DeconvolutionDepthWise" if layer.groups > 1 else "Deconvolution") + KINDS[layer.rank - 1]
    return f"{kind} layer 1 1 in out " + " ".join(f"{number}={value}" for number, value in parameters.items())


def _by_outputs(layer, weights):
    grouped = weights.reshape(layer.groups, layer.in_channels // layer.groups, layer.out_channels // layer.groups, -1)
    return numpy.ascontiguousarray(grouped.transpose(0, 2, 1, 3))


PEERS = [Peer("ncnn", "ncnn", "ncnn", "nchw", prepare)]
