# SPDX-License-Identifier: Apache-2.0
"""The layers of zoo.csv: their shape in words, as deconv_bench's table has it, and their family."""
import csv

AXES = ("d", "h", "w")
FAMILIES = ("depthwise", "few outputs", "one-dimensional", "three-dimensional", "kernel = stride", "overlapping")


class Layer:
    def __init__(self, row):
        self.name = row["layer"]
        self.rank = int(row["rank"])
        self.batch, self.groups = int(row["batch"]), int(row["groups"])
        self.inputs, self.outputs = int(row["in_channels"]), int(row["out_channels"])
        axis = lambda field: tuple(int(row[f"{field}_{a}"]) for a in AXES[3 - self.rank:])
        self.extent, self.kernel, self.stride, self.dilation = axis("in"), axis("kernel"), axis("stride"), axis("dilation")

    @property
    def shape(self):
        text = f"n{self.batch} " if self.batch != 1 else ""
        text += f"{self.inputs}->{self.outputs}"
        text += f" g{self.groups}" if self.groups != 1 else ""
        text += f" {'x'.join(map(str, self.extent))} k{short(self.kernel)}"
        text += f" s{short(self.stride)}" if set(self.stride) != {1} else ""
        return text + (f" d{short(self.dilation)}" if set(self.dilation) != {1} else "")

    @property
    def family(self):
        if self.groups == self.inputs == self.outputs > 1:
            return "depthwise"
        if self.outputs <= 8:
            return "few outputs"
        if self.rank != 2:
            return "one-dimensional" if self.rank == 1 else "three-dimensional"
        return "kernel = stride" if self.kernel == self.stride else "overlapping"


def short(extents):
    """One number when all axes agree."""
    return str(extents[0]) if len(set(extents)) == 1 else "x".join(map(str, extents))


def read_zoo(path):
    with open(path, newline="") as file:
        return [Layer(row) for row in csv.DictReader(file)]
