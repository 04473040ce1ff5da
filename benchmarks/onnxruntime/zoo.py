# SPDX-License-Identifier: Apache-2.0
"""Every layer of benchmarks/zoo.csv as a one-node ONNX model: ONNX Runtime alone against ONNX Runtime with the library.

    python zoo.py [--threads N] [--layers a,b] [--part I/N] [--seconds S]

Ends with status 1 where a layer is slower than 0.97 of ONNX Runtime alone, the geometric mean is below 1.8 or outputs differ.
"""
import argparse
import csv
import os
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from sessions import geometric_mean, runner, session, side_by_side

ZOO = pathlib.Path(__file__).resolve().parent.parent / "zoo.csv"
LEAST, MEAN = 0.97, 1.8  # the bars: of a layer, with its noise, and of the geometric mean
TOLERANCE = 1e-5  # of the largest output: both sum in float32, in different orders


def axes(row, field):
    return [int(row[f"{field}_{axis}"]) for axis in "dhw"[3 - int(row["rank"]):]]


def model_and_input(row):
    random = numpy.random.default_rng(0)
    integers = {name: int(row[name]) for name in ("batch", "groups", "in_channels", "out_channels", "bias")}
    x = random.standard_normal([integers["batch"], integers["in_channels"], *axes(row, "in")], dtype=numpy.float32)
    shape = [integers["in_channels"], integers["out_channels"] // integers["groups"], *axes(row, "kernel")]
    constants = {"W": random.standard_normal(shape, dtype=numpy.float32)}
    if integers["bias"]:
        constants["B"] = random.standard_normal(integers["out_channels"], dtype=numpy.float32)
    node = helper.make_node(
        "ConvTranspose", ["X", *constants], ["Y"], group=integers["groups"], kernel_shape=axes(row, "kernel"), strides=axes(row, "stride"),
        dilations=axes(row, "dilation"), pads=axes(row, "pad_begin") + axes(row, "pad_end"), output_padding=axes(row, "output_padding"))
    y = [integers["batch"], integers["out_channels"], *axes(row, "out")]
    graph = helper.make_graph(
        [node], row["layer"], [helper.make_tensor_value_info("X", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, y)], [numpy_helper.from_array(array, name) for name, array in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), x


def compare(row, threads, seconds):
    """Milliseconds alone and with the library, and the largest difference by the largest output."""
    model, x = model_and_input(row)
    calls = [runner(session(model, threads, library), {"X": x}) for library in (False, True)]
    alone, ours = (call()[0].numpy() for call in calls)
    difference = float(numpy.abs(alone - ours).max() / numpy.abs(alone).max())
    alone, ours = side_by_side(calls, seconds)
    return alone * 1e3, ours * 1e3, difference


def chosen(arguments):
    with open(ZOO, newline="") as file:
        rows = list(csv.DictReader(file))
    if arguments.layers:
        rows = [row for row in rows if row["layer"] in arguments.layers.split(",")]
    if arguments.part:
        index, count = map(int, arguments.part.split("/"))
        rows = rows[index - 1::count]
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="ONNX Runtime's intra-op threads")
    parser.add_argument("--layers", default="", help="names, separated by commas; all by default")
    parser.add_argument("--part", default="", help="I/N: every N-th layer, from the I-th")
    parser.add_argument("--seconds", type=float, default=0.4, help="measured for each layer and session")
    arguments = parser.parse_args()

    print(f"{'layer':36} {'alone ms':>10} {'library ms':>10} {'speed-up':>9}   threads: {arguments.threads}")
    ratios, wrong = {}, []
    for row in chosen(arguments):
        alone, ours, difference = compare(row, arguments.threads, arguments.seconds)
        ratios[row["layer"]] = alone / ours
        wrong += [row["layer"]] if not difference <= TOLERANCE else []
        print(f"{row['layer']:36} {alone:10.3f} {ours:10.3f} {alone / ours:9.2f}", flush=True)
    mean = geometric_mean(ratios.values())
    slower = {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < LEAST}
    print(f"geometric mean of {len(ratios)} layers: {mean:.2f} (at least {MEAN}); below {LEAST}: {slower or 'none'}; outputs differ: {wrong or 'none'}")
    return 0 if mean >= MEAN and not slower and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
