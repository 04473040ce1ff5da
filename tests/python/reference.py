# SPDX-License-Identifier: Apache-2.0
"""The definition in NumPy and float64: every input and tap is scattered to where it lands. Values, and how far float32 may be from them."""
import math

import numpy as np

UNIT = 2.0**-24

erf = np.vectorize(math.erf)

# Function, largest slope, and what its own rounding is relative to beside the result, as docs/testing.md derives them.
ACTIVATIONS = {
    "none": (lambda x: x, 1, None),
    "relu": (lambda x: np.maximum(x, 0), 1, None),
    "relu6": (lambda x: np.clip(x, 0, 6), 1, None),
    "clamp": (lambda x: np.clip(x, -0.5, 0.75), 1, None),
    "leaky_relu": (lambda x: np.where(x >= 0, x, 0.2 * x), 1, 0),
    "elu": (lambda x: np.where(x >= 0, x, 0.5 * np.expm1(np.minimum(x, 0))), 1, lambda x: 0.5),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), 0.25, 0),
    "tanh": (np.tanh, 1, 0),
    "gelu": (lambda x: x / 2 * (1 + erf(x / np.sqrt(2))), 1.13, np.abs),
    "gelu_tanh": (lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))), 1.13, np.abs),
    "silu": (lambda x: x / (1 + np.exp(-x)), 1.1, 0),
    "hardswish": (lambda x: x * np.clip(x + 3, 0, 6) / 6, 1.5, np.abs),
}
ARGUMENTS = {"clamp": ("clamp", -0.5, 0.75), "leaky_relu": ("leaky_relu", 0.2), "elu": ("elu", 0.5)}


def scatter(x, weights, stride, begin, end, output, dilation, groups):
    """Sums of channels-first x in float64. weights: (in, out / groups, *kernel)."""
    rank, batch = x.ndim - 2, x.shape[0]
    outputs, kernel = weights.shape[1] * groups, weights.shape[2:]
    reach = [(i - 1) * s + d * (k - 1) + 1 for i, s, d, k in zip(x.shape[2:], stride, dilation, kernel)]
    full = np.zeros((batch, outputs, *(f + o for f, o in zip(reach, output))))
    inputs_of_group, outputs_of_group = x.shape[1] // groups, weights.shape[1]
    for tap in np.ndindex(*kernel):
        where = tuple(slice(t * d, t * d + (i - 1) * s + 1, s) for t, d, i, s in zip(tap, dilation, x.shape[2:], stride))
        for g in range(groups):
            w = weights[g * inputs_of_group:(g + 1) * inputs_of_group][(slice(None), slice(None), *tap)].astype(np.float64)
            part = np.tensordot(w.T, x[:, g * inputs_of_group:(g + 1) * inputs_of_group].astype(np.float64), ([1], [1]))
            full[(slice(None), slice(g * outputs_of_group, (g + 1) * outputs_of_group), *where)] += np.moveaxis(part, 0, 1)
    cut = tuple(slice(b, f + o - e) for b, e, f, o in zip(begin, end, reach, output))
    assert rank == len(cut)
    return full[(slice(None), slice(None), *cut)]


def per_channel(values, rank):
    return np.asarray(values, np.float64).reshape(-1, *[1] * rank)


def expected(x, weights, bias=None, scale=None, residual=None, activation="none", slopes=None, *, stride, begin, end, output, dilation,
             groups):
    """The result, and the largest error of each element that any order of float32 sums can make."""
    geometry = (stride, begin, end, output, dilation, groups)
    rank = x.ndim - 2
    value, size = scatter(x, weights, *geometry), scatter(np.abs(x), np.abs(weights), *geometry)
    terms = scatter(np.ones_like(x), np.ones_like(weights), *geometry)
    if scale is not None:
        value, size = value * per_channel(scale, rank), size * np.abs(per_channel(scale, rank))
    for added in (None if bias is None else per_channel(bias, rank), residual):
        if added is not None:
            value, size = value + added, size + np.abs(added)
    roundings = (terms + 4) * UNIT
    error = roundings / (1 - roundings) * size
    if activation == "prelu":
        slope = per_channel(slopes, rank)
        result = np.where(value >= 0, value, slope * value)
        return result, error * np.maximum(1, np.abs(slope)) + UNIT * np.abs(result)
    function, steepest, cancels = ACTIVATIONS[activation]
    result = function(value)
    own = 0 if cancels is None else 16 * UNIT * np.maximum(np.abs(result), cancels(value) if cancels else 2.0**-126 * np.maximum(1, np.abs(value)))
    return result, error * steepest + own


def random_arrays(seed, batch, inputs, outputs, groups, extents, kernel):
    """x, weights of a size that makes sums of order 1, bias."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (batch, inputs, *extents)).astype(np.float32)
    weights = rng.uniform(-1, 1, (inputs, outputs // groups, *kernel)).astype(np.float32)
    weights /= np.float32(math.sqrt(inputs // groups))
    return x, weights, rng.uniform(-1, 1, outputs).astype(np.float32)


def assert_close(got, wanted, error):
    assert got.shape == wanted.shape
    assert got.dtype == np.float32
    excess = np.abs(got - wanted) - error
    assert (excess <= 0).all(), f"off by {excess.max():.3g} more than allowed at {np.unravel_index(excess.argmax(), excess.shape)}"
