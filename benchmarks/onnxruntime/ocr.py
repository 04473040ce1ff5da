# SPDX-License-Identifier: Apache-2.0
"""A real model: PP-OCRv4's text detector, whose head has two ConvTranspose (kernel 2, stride 2), on rendered and photographed pages.

    python ocr.py [--threads N] [--pages N] [--seconds S] [--runs N] [--model ch_PP-OCRv4_det_infer.onnx]

Ends with status 1 unless the boxes are identical and the ConvTranspose nodes at least twice as fast.
"""
import argparse
import importlib.util
import os
import pathlib
import sys

import numpy
import onnx
from boxes import boxes_of, detector_input
from deconv.onnxruntime import rewrite
from node_times import node_times
from pages import pages
from sessions import runner, session, side_by_side

LEAST = 2.0


def default_model():
    """Inside PyPI's rapidocr-onnxruntime, whose code is not used."""
    package = importlib.util.find_spec("rapidocr_onnxruntime")
    if package is None:
        sys.exit("ocr.py: the model comes with rapidocr-onnxruntime: pip install --no-deps rapidocr-onnxruntime==1.4.4, or name a file with --model")
    return pathlib.Path(package.origin).parent / "models" / "ch_PP-OCRv4_det_infer.onnx"


def head(model):
    """Names of the ConvTranspose nodes and of what follows each up to the next, or up to the output."""
    consumers = {name: node for node in model.graph.node for name in node.input}
    layers, followers = [], []
    for node in model.graph.node:
        if node.op_type != "ConvTranspose":
            continue
        layers.append(node.name)
        node = consumers.get(node.output[0])
        while node is not None and node.op_type in ("Add", "BatchNormalization", "Relu", "Sigmoid"):
            followers.append(node.name)
            node = consumers.get(node.output[0])
    return layers, followers


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8, help="measured of the whole model, for each session; 0: boxes alone")
    parser.add_argument("--runs", type=int, default=10, help="profiled, for each session")
    parser.add_argument("--model", default=None)
    arguments = parser.parse_args()

    model = onnx.load(arguments.model or default_model())
    for place, node in enumerate(model.graph.node):
        node.name = node.name or f"node_{place}"
    fused = rewrite(model)
    variants = {"alone": (model, False), "library": (model, True), "library, rewritten": (fused, True)}
    sessions = {name: session(proto, arguments.threads, library) for name, (proto, library) in variants.items()}

    different = 0
    for name, image in pages(arguments.pages):
        feed = {model.graph.input[0].name: detector_input(image)}
        outputs = [each.run(None, feed)[0] for each in sessions.values()]
        alone, *ours = (boxes_of(output, image.shape) for output in outputs)
        same = all(numpy.array_equal(alone, boxes) for boxes in ours)
        different += not same or len(alone) == 0
        furthest = max(abs(output - outputs[0]).max() for output in outputs[1:])
        print(f"{name:15} {len(alone):3} boxes, {'identical' if same else 'DIFFERENT'} (probabilities differ by at most {furthest:.1e})")

    if arguments.seconds == 0:
        print(f"pages with different boxes: {different}")
        return 1 if different else 0
    layers, followers = head(model)
    print(f"\n{'ms, median':20} {'ConvTranspose':>14} {'with followers':>15} {'whole model':>12}   {arguments.threads} threads, "
          f"input {'x'.join(map(str, feed[model.graph.input[0].name].shape))}")
    whole = side_by_side([runner(each, feed) for each in sessions.values()], arguments.seconds)
    nodes = {}
    for (name, (proto, library)), total in zip(variants.items(), whole):
        times, _ = node_times(proto, arguments.threads, library, feed, arguments.runs)
        nodes[name] = sum(times[layer] for layer in layers), sum(times.get(layer, 0.0) for layer in layers + followers)
        print(f"{name:20} {nodes[name][0]:14.2f} {nodes[name][1]:15.2f} {total * 1e3:12.1f}")
    speedups = nodes["alone"][0] / nodes["library"][0], nodes["alone"][1] / nodes["library, rewritten"][1]
    print(f"ConvTranspose nodes: {speedups[0]:.1f} times as fast in the unmodified model (at least {LEAST}); "
          f"with what follows them, rewritten: {speedups[1]:.1f}; pages with different boxes: {different}")
    return 0 if different == 0 and speedups[0] >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
