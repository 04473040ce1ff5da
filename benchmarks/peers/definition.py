# SPDX-License-Identifier: Apache-2.0
"""The definition in float64: every tap's products, scattered. And how far any order of float32 sums may be from it."""
import itertools
import math

import numpy

UNIT = 2.0**-24


class Wrong(Exception):
    """An output that no order of sums explains."""


def reference(layer, x, weights, bias):
    """Outputs, and the bound of each one's error: gamma_n * (sum |x * w| + |bias|) for its n terms at most."""
    exact = _scatter(layer, x, weights, bias)
    size = _scatter(layer, *(None if array is None else numpy.abs(array) for array in (x, weights, bias)))
    terms = layer.in_channels // layer.groups * math.prod(layer.kernel) + 1
    return exact, size * (terms * UNIT / (1 - terms * UNIT))


def _scatter(layer, x, weights, bias):
    groups, batch = layer.groups, layer.batch
    x = x.astype(numpy.float64).reshape(batch, groups, layer.in_channels // groups, -1)
    weights = weights.astype(numpy.float64).reshape(groups, layer.in_channels // groups, layer.out_channels // groups, *layer.kernel)
    full = [(i - 1) * s + d * (k - 1) + 1 + o for i, s, d, k, o in zip(layer.extent, layer.stride, layer.dilation, layer.kernel, layer.output_padding)]
    sums = numpy.zeros((batch, groups, layer.out_channels // groups, *full))
    for tap in itertools.product(*map(range, layer.kernel)):
        products = weights[(slice(None), slice(None), slice(None), *tap)].transpose(0, 2, 1) @ x
        places = tuple(slice(t * d, t * d + (i - 1) * s + 1, s) for t, d, i, s in zip(tap, layer.dilation, layer.extent, layer.stride))
        sums[(..., *places)] += products.reshape(batch, groups, -1, *layer.extent)
    inside = tuple(slice(b, f - e) for b, e, f in zip(layer.pad_begin, layer.pad_end, full))
    sums = sums.reshape(batch, layer.out_channels, *full)[(..., *inside)]
    return sums if bias is None else sums + bias.astype(numpy.float64).reshape(-1, *(1,) * layer.rank)


def compare(output, exact, bound):
    """Fields for a row. Raises Wrong."""
    if output.shape != exact.shape:
        raise Wrong(f"shape {output.shape} instead of {exact.shape}")
    errors = numpy.abs(output - exact)
    shares = errors / numpy.maximum(bound, numpy.finfo(numpy.float64).tiny)
    if not shares.max() <= 1:  # also where it is NaN
        raise Wrong(f"off by {errors.max():.3g}, outputs reach {numpy.abs(exact).max():.3g}")
    place = numpy.unravel_index(errors.argmax(), errors.shape)
    return {"max_error": float(errors[place]), "max_error_bound": float(bound[place]), "error_of_bound": float(shares.max()),
            "max_value": float(numpy.abs(exact).max())}
