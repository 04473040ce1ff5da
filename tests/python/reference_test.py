# SPDX-License-Identifier: Apache-2.0
"""deconv.ConvTranspose against the definition in NumPy: geometry, layouts, epilogue."""
import itertools

import deconv
import numpy as np
import pytest
from reference import ACTIVATIONS, ARGUMENTS, assert_close, expected, random_arrays, scatter

# batch, inputs, outputs, groups, extents, kernel, stride, begin, end, output, dilation
GEOMETRIES = {
    "1-D": (2, 5, 3, 1, (9,), (4,), (2,), (1,), (1,), (0,), (1,)),
    "1-D huge kernel": (1, 18, 1, 1, (40,), (64,), (16,), (0,), (0,), (0,), (1,)),
    "2-D": (2, 6, 4, 1, (5, 7), (4, 4), (2, 2), (1, 1), (1, 1), (0, 0), (1, 1)),
    "2-D kernel = stride": (1, 8, 8, 1, (4, 6), (2, 2), (2, 2), (0, 0), (0, 0), (0, 0), (1, 1)),
    "2-D every axis its own": (1, 3, 5, 1, (6, 3), (3, 5), (3, 2), (0, 2), (1, 1), (2, 1), (1, 2)),
    "2-D groups": (2, 8, 12, 4, (5, 5), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1)),
    "2-D depthwise": (1, 16, 16, 16, (6, 6), (4, 4), (2, 2), (1, 1), (1, 1), (0, 0), (1, 1)),
    "2-D wide": (1, 96, 80, 1, (6, 6), (4, 4), (2, 2), (1, 1), (1, 1), (0, 0), (1, 1)),
    "3-D": (1, 4, 3, 1, (3, 4, 5), (3, 2, 4), (2, 2, 3), (1, 0, 1), (1, 0, 0), (1, 0, 0), (1, 1, 1)),
}
WORDS = ("stride", "begin", "end", "output", "dilation")


def case(name, seed=0):
    batch, inputs, outputs, groups, extents, kernel, *lists = GEOMETRIES[name]
    geometry = dict(zip(WORDS, lists), groups=groups)
    words = {"stride": geometry["stride"], "padding": list(zip(geometry["begin"], geometry["end"])), "output_padding": geometry["output"],
             "dilation": geometry["dilation"], "groups": groups, "accuracy": "strict"}  # the bound is that of plain sums
    return random_arrays(seed, batch, inputs, outputs, groups, extents, kernel), geometry, words


@pytest.mark.parametrize("layout", ["channels_first", "channels_last"])
@pytest.mark.parametrize("name", GEOMETRIES)
def test_geometry(name, layout):
    (x, weights, bias), geometry, words = case(name)
    wanted, error = expected(x, weights, bias, **geometry)
    if layout == "channels_last":
        x, wanted, error = (np.ascontiguousarray(np.moveaxis(array, 1, -1)) for array in (x, wanted, error))
    layer = deconv.ConvTranspose(weights, bias, layout=layout, **words)
    assert layer.output_shape(x.shape) == wanted.shape
    assert_close(layer(x), wanted, error)
    assert_close(layer(x[0]), wanted[0], error[0])
    assert_close(deconv.conv_transpose(x, weights, bias, layout=layout, **words), wanted, error)


@pytest.mark.parametrize("name", GEOMETRIES)
def test_integers_are_exact(name):
    (x, weights, _), geometry, words = case(name)
    x, weights = np.round(x * 4), np.round(weights * 8)
    wanted = scatter(x, weights, *(geometry[word] for word in WORDS), geometry["groups"])
    assert np.array_equal(deconv.conv_transpose(x, weights, **words), wanted)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "prelu"])
def test_epilogue(activation):
    (x, weights, bias), geometry, words = case("2-D")
    rng = np.random.default_rng(1)
    scale, slopes = rng.uniform(0.5, 2, (2, 4)).astype(np.float32)
    shape = expected(x, weights, **geometry)[0].shape
    residual = rng.uniform(-1, 1, shape).astype(np.float32)
    word = ("prelu", slopes) if activation == "prelu" else ARGUMENTS.get(activation, activation)
    wanted, error = expected(x, weights, bias, scale, residual, activation, slopes, **geometry)
    layer = deconv.ConvTranspose(weights, bias, scale=scale, residual=True, activation=word, **words)
    assert_close(layer(x, residual=residual), wanted, error)
    in_place = residual.copy()
    assert layer(x, out=in_place, residual=in_place) is in_place
    assert_close(in_place, wanted, error)
    assert_close(deconv.conv_transpose(x, weights, bias, scale=scale, residual=residual, activation=word, **words), wanted, error)


def test_activation_defaults_are_pytorchs():
    x = np.full((1, 1, 1), -2, np.float32)
    one = np.ones((1, 1, 1), np.float32)
    for word, wanted in (("leaky_relu", -0.02), ("elu", np.expm1(-2)), ("hardtanh", -1), ("relu6", 0), ("swish", -2 / (1 + np.exp(2)))):
        assert deconv.conv_transpose(x, one, activation=word)[0, 0, 0] == pytest.approx(wanted, rel=1e-6)
    assert deconv.conv_transpose(-4 * x, one, activation="relu6")[0, 0, 0] == 6


WEIGHTS_ORDERS = {"OIHW": (1, 0, 2, 3), "HWOI": (2, 3, 1, 0), "OHWI": (1, 2, 3, 0)}


@pytest.mark.parametrize("order, form", list(itertools.product(["IOHW", *WEIGHTS_ORDERS], ["transposed", "correlation"])))
def test_weights_orders(order, form):
    (x, weights, bias), geometry, words = case("2-D every axis its own")
    wanted, error = expected(x, weights, bias, **geometry)
    if form == "correlation":
        weights = weights[:, :, ::-1, ::-1]
    weights = np.ascontiguousarray(weights.transpose(WEIGHTS_ORDERS.get(order, (0, 1, 2, 3))))
    layer = deconv.ConvTranspose(weights, bias, weights_layout=order, weights_form=form, **words)
    assert_close(layer(x), wanted, error)


def test_grouped_weights_by_outputs():
    (x, weights, bias), geometry, words = case("2-D groups")
    wanted, error = expected(x, weights, bias, **geometry)
    groups, outputs = geometry["groups"], weights.shape[1]
    by_output = weights.reshape(groups, -1, *weights.shape[1:]).swapaxes(1, 2)  # group, output, input, kernel
    by_output = np.ascontiguousarray(by_output.reshape(groups * outputs, -1, *weights.shape[2:]))
    assert_close(deconv.conv_transpose(x, by_output, bias, weights_layout="OIHW", **words), wanted, error)


def test_layouts_may_differ():
    (x, weights, bias), geometry, words = case("2-D")
    wanted, error = expected(x, weights, bias, **geometry)
    layer = deconv.ConvTranspose(weights, bias, layout="NHWC", out_layout="NCHW", **words)
    assert_close(layer(np.ascontiguousarray(np.moveaxis(x, 1, -1))), wanted, error)


@pytest.mark.parametrize("backend, algorithm", [(backend, algorithm) for backend, facts in deconv.info()["backends"].items()
                                                for algorithm in ["", *facts["algorithms"]] if algorithm not in ("depthwise", "phase_channels", "toom_cook")])  # not for this layer; not strict
def test_a_named_choice_is_taken(backend, algorithm):
    (x, weights, bias), geometry, words = case("2-D")
    layer = deconv.ConvTranspose(weights, bias, backend=backend, algorithm=algorithm, **words)
    assert (layer.backend, layer.algorithm) == (backend, algorithm or layer.algorithm)
    assert_close(layer(x), *expected(x, weights, bias, **geometry))
