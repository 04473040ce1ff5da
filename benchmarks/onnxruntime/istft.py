# SPDX-License-Identifier: Apache-2.0
"""The inverse STFT as vocoders export it, a ConvTranspose of one axis (1026 channels to 1, kernel 1024, stride 256), on lengths that
change at every call: ONNX Runtime alone against ONNX Runtime with the library.

    python istft.py [--threads N] [--calls N]

Ends with status 1 unless the outputs agree and the library is the faster.
"""
import argparse
import os
import statistics
import sys
import time

import numpy
from onnx import TensorProto, helper, numpy_helper
from sessions import PAUSE, session

CHANNELS, KERNEL, STRIDE = 1026, 1024, 256
SHORTEST, LONGEST = 500, 5000  # frames: 3 to 29 seconds at 44.1 kHz
LEAST = 1.0
TOLERANCE = 1e-5  # of the largest output


def istft_model():
    """The inverse Fourier basis of a frame of 1024 under a Hann window, real and imaginary parts: W is (1026, 1, 1024)."""
    frequency, sample = numpy.meshgrid(numpy.arange(CHANNELS // 2), numpy.arange(KERNEL), indexing="ij")
    phase = 2 * numpy.pi * frequency * sample / KERNEL
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(KERNEL) / KERNEL)
    basis = numpy.concatenate([numpy.cos(phase), -numpy.sin(phase)]) * window * 2 / KERNEL
    node = helper.make_node("ConvTranspose", ["X", "W"], ["Y"], strides=[STRIDE], name="istft")
    graph = helper.make_graph(
        [node], "istft", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [1, CHANNELS, "frames"])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [1, 1, "samples"])],
        [numpy_helper.from_array(basis.astype(numpy.float32)[:, None], "W")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--calls", type=int, default=30)
    arguments = parser.parse_args()

    random = numpy.random.default_rng(0)
    lengths = random.choice(numpy.arange(SHORTEST, LONGEST + 1), arguments.calls, replace=False)
    spectrum = random.standard_normal((1, CHANNELS, LONGEST), dtype=numpy.float32)
    sessions = {name: session(istft_model(), arguments.threads, library) for name, library in (("alone", False), ("library", True))}
    for each in sessions.values():
        each.run(None, {"X": spectrum[:, :, :SHORTEST - 1].copy()})

    times = {name: [] for name in sessions}
    difference = 0.0
    for length in lengths:
        x = spectrum[:, :, :length].copy()
        outputs = {}
        for name, each in sessions.items():
            time.sleep(PAUSE)
            begin = time.perf_counter()
            outputs[name] = each.run(None, {"X": x})[0]
            times[name].append(time.perf_counter() - begin)
        difference = max(difference, abs(outputs["alone"] - outputs["library"]).max() / abs(outputs["alone"]).max())

    total = {name: sum(durations) * 1e3 for name, durations in times.items()}
    ratio = total["alone"] / total["library"]
    print(f"iSTFT, {arguments.calls} calls of {SHORTEST} to {LONGEST} frames, no length twice, {arguments.threads} threads")
    for name, durations in times.items():
        print(f"{name:10} {statistics.median(durations) * 1e3:8.2f} ms median, {total[name]:9.1f} ms in all")
    print(f"{ratio:.1f} times as fast (at least {LEAST}); outputs differ by {difference:.1e} of the largest")
    return 0 if ratio >= LEAST and difference <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
