# SPDX-License-Identifier: Apache-2.0
"""Layers as a CSV of benchmarks/zoo.csv's columns; layers of equal geometry are one row."""
import csv
import re

from . import quoted

AXIS_FIELDS = (("in", "extent", 1), ("kernel", "kernel", 1), ("stride", "stride", 1), ("dilation", "dilation", 1), ("pad_begin", "pad_begin", 0),
               ("pad_end", "pad_end", 0), ("output_padding", "output_padding", 0), ("out", "out", 1))  # column, field, value of axes not there
COLUMNS = ("layer", "model", "rank", "batch", "groups", "in_channels", "out_channels",
           *(f"{column}_{axis}" for column, _, _ in AXIS_FIELDS for axis in "dhw"), "bias", "followed_by", "source", "verified")
NAMED = 4  # nodes that `source` names before it says how many more there are


def write_rows(file, model_name, found):
    """`model_name`: the file's name. `model` ends in "xN" where N nodes share a row; `source` names them."""
    groups = {}
    for layer in found.layers:
        groups.setdefault(layer.geometry, []).append(layer)
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    taken = set()
    for geometry, layers in groups.items():
        writer.writerow({
            "layer": _unique(_name(layers[0].name), taken),
            "model": _plain(model_name) + (f" x{len(layers)}" if len(layers) > 1 else ""),
            "source": _source(model_name, layers),
            "followed_by": _plain(layers[0].followed_by.lower()),
            "verified": "shapes by " + found.shapes_from,
            **_numbers(geometry),
        })


def _numbers(geometry):
    rank = len(geometry.extent)
    numbers = {"rank": rank, "batch": geometry.batch, "groups": geometry.groups, "in_channels": geometry.in_channels,
               "out_channels": geometry.out_channels, "bias": geometry.bias}
    for column, field, absent in AXIS_FIELDS:
        values = (absent,) * (3 - rank) + getattr(geometry, field)
        numbers.update({f"{column}_{axis}": value for axis, value in zip("dhw", values)})
    return numbers


def _source(model_name, layers):
    names = " ".join(quoted(layer.name) for layer in layers[:NAMED])
    more = f" and {len(layers) - NAMED} more" if len(layers) > NAMED else ""
    return _plain(f"{model_name}: {len(layers)} node{'s' if len(layers) > 1 else ''}: {names}{more}")


def _name(text):
    """Of letters, digits and ._- alone, at most 36: layers stand in tables and in benchmarks' names. The end tells nodes of one scope apart."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text)[-36:].strip("_") or "layer"


def _unique(name, taken):
    unique, count = name, 1
    while unique in taken:
        count += 1
        unique = f"{name}_{count}"
    taken.add(unique)
    return unique


def _plain(text):
    """Without what a CSV would have to quote."""
    return "".join(c if c.isprintable() and c not in ',"' else " " for c in text)
