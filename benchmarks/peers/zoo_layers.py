# SPDX-License-Identifier: Apache-2.0
"""The layers of a zoo file, and the data that every peer gets for one."""
import csv
from typing import NamedTuple

import numpy

AXES = ("extent", "kernel", "stride", "dilation", "pad_begin", "pad_end", "output_padding", "out")


class Layer(NamedTuple):
    """Tuples hold one number for each spatial axis, outermost first."""
    name: str
    batch: int
    groups: int
    in_channels: int
    out_channels: int
    extent: tuple
    kernel: tuple
    stride: tuple
    dilation: tuple
    pad_begin: tuple
    pad_end: tuple
    output_padding: tuple
    out: tuple
    bias: bool

    @property
    def rank(self):
        return len(self.extent)

    @property
    def src_shape(self):
        return (self.batch, self.in_channels, *self.extent)

    @property
    def dst_shape(self):
        return (self.batch, self.out_channels, *self.out)

    @property
    def weights_shape(self):
        return (self.in_channels, self.out_channels // self.groups, *self.kernel)


def read_layers(path, names=(), part=(1, 1)):
    """`part`: (i, n) takes every n-th layer, from the i-th."""
    with open(path, newline="") as file:
        layers = [_layer(row) for row in csv.DictReader(file)]
    unknown = set(names) - {layer.name for layer in layers}
    if unknown:
        raise SystemExit(f"{path} has no layer {', '.join(sorted(unknown))}")
    return [layer for layer in layers if not names or layer.name in names][part[0] - 1::part[1]]


def _layer(row):
    def axes(field):
        column = "in" if field == "extent" else field
        return tuple(int(row[f"{column}_{axis}"]) for axis in "dhw"[3 - int(row["rank"]):])
    numbers = (int(row[field]) for field in ("batch", "groups", "in_channels", "out_channels"))
    return Layer(row["layer"], *numbers, *map(axes, AXES), row["bias"] == "1")


def data(layer):
    """Input, weights (in, out / groups, kernel) and bias or None, all float32, uniform in [-1, 1): the same at each call."""
    random = numpy.random.default_rng(0)
    arrays = [random.random(shape, dtype=numpy.float32) * 2 - 1 for shape in (layer.src_shape, layer.weights_shape, (layer.out_channels,))]
    return arrays if layer.bias else [*arrays[:2], None]
