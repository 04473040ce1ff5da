# SPDX-License-Identifier: Apache-2.0
"""The layers of zoo.csv as PyTorch modules with an input each."""
import csv
import pathlib

import torch
from torch import nn

ZOO = pathlib.Path(__file__).resolve().parents[1] / "zoo.csv"
KINDS = nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d
CHANNELS_LAST = {2: torch.channels_last, 3: torch.channels_last_3d}


class Cropped(nn.Module):
    """A transposed convolution and the cut that stands for pads that PyTorch cannot express: it pads both ends alike."""

    def __init__(self, conv, cut):
        super().__init__()
        self.conv, self.cut = conv, cut

    def forward(self, x):
        return self.conv(x)[self.cut] if self.cut else self.conv(x)


def rows(names=()):
    with open(ZOO, newline="") as file:
        return [row for row in csv.DictReader(file) if not names or row["layer"] in names]


def axes(row, field):
    return [int(row[f"{field}_{axis}"]) for axis in "dhw"[3 - int(row["rank"]):]]


def make(row, channels_last=False):
    """Module and input; random weights of the size that nn.ConvTranspose gives them."""
    stride, dilation, out = axes(row, "stride"), axes(row, "dilation"), axes(row, "out")
    padding, output_padding, cuts = [], [], []
    for axis, (begin, end, added) in enumerate(zip(axes(row, "pad_begin"), axes(row, "pad_end"), axes(row, "output_padding"))):
        longer = begin - end + added  # at the end, were both ends padded like the begin
        fits = 0 <= longer < max(stride[axis], dilation[axis])
        least = begin if fits else min(begin, end)
        padding.append(least)
        output_padding.append(longer if fits else added)
        cuts.append(slice(begin - least, begin - least + out[axis]) if not fits else slice(None))
    cut = (slice(None), slice(None), *cuts) if any(one != slice(None) for one in cuts) else None
    rank = int(row["rank"])
    conv = KINDS[rank - 1](int(row["in_channels"]), int(row["out_channels"]), axes(row, "kernel"), stride, padding, output_padding,
                           int(row["groups"]), bool(int(row["bias"])), dilation)
    x = torch.randn(int(row["batch"]), int(row["in_channels"]), *axes(row, "in"))
    if channels_last and rank in CHANNELS_LAST:
        x, conv = x.contiguous(memory_format=CHANNELS_LAST[rank]), conv.to(memory_format=CHANNELS_LAST[rank])
    return Cropped(conv, cut).eval(), x
