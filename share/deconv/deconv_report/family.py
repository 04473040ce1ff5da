# SPDX-License-Identifier: Apache-2.0
"""Families of layers: what decides which algorithm fits."""

FAMILIES = ("depthwise", "few outputs", "one-dimensional", "three-dimensional", "kernel = stride", "overlapping")


def family(rank, groups, inputs, outputs, kernel, stride):
    if groups == inputs == outputs > 1:
        return "depthwise"
    if outputs <= 8:
        return "few outputs"
    if rank != 2:
        return "one-dimensional" if rank == 1 else "three-dimensional"
    return "kernel = stride" if kernel == stride else "overlapping"
