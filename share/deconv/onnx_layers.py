#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists the transposed convolutions of an ONNX model as a CSV of benchmarks/zoo.csv's columns, for benchmarks.

    onnx_layers.py MODEL [--input-shape NAME:1,3,640,640]... [--out FILE]

Extents that the model leaves open are taken from --input-shape (NAME: may be left out where the model has one input), else assumed and
told. Shapes come from ONNX's shape inference; where they depend on values, the model is run once on zeros, by onnxruntime if it is
installed, else by ONNX's own evaluator. Nodes of equal geometry are one row; its `model` ends in "xN" and its `source` names the nodes.
Needs the Python package onnx. What is said goes to stderr; exit status 1: the model or a shape is wrong.
"""
import argparse
import os
import pathlib
import sys
import textwrap

sys.dont_write_bytecode = True  # an installation may be read-only
try:
    from onnx_model import ModelError
    from onnx_model.layers import read_layers
    from onnx_model.rows import write_rows
except ModuleNotFoundError as missing:
    sys.exit(f"onnx_layers: needs the Python package {missing.name}: {sys.executable} -m pip install onnx")


def said(text):
    """As deconv prints: in lines of 80 characters."""
    return textwrap.fill(f"onnx_layers: {text}", 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--input-shape", action="append", default=[], metavar="NAME:EXTENTS", help="may be given for several inputs")
    parser.add_argument("--out", help="file to write instead of stdout")
    options = parser.parse_args()
    try:
        found = read_layers(options.model, options.input_shape)
        for note in found.notes:
            print(said(note), file=sys.stderr)
        with open(options.out, "w", newline="", encoding="utf-8") if options.out else os.fdopen(1, "w", newline="", encoding="utf-8") as file:
            write_rows(file, pathlib.Path(options.model).name, found)
    except ModelError as error:
        sys.exit(f"onnx_layers: {options.model}: {error}")
    except OSError as error:
        sys.exit(f"onnx_layers: {error}")


if __name__ == "__main__":
    main()
