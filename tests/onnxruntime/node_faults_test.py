# SPDX-License-Identifier: Apache-2.0
"""Nodes that ONNX Runtime was reported to compute wrongly or to read outside of memory for. The expected values come from ONNX's formulas and a
scatter in NumPy, not from the runtime. docs/testing.md lists the reports."""
import pathlib
import sys

import numpy
import pytest
from models import conv_transpose, model, random, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
from reference import assert_close, expected  # noqa: E402

# name: dims of X and W, attributes, pads at the beginning, at the end, extents of Y
PADS = {
    "4086": ((1, 1, 2, 2), (1, 1, 3, 3), dict(auto_pad="SAME_UPPER", strides=[1, 1]), (1, 1), (1, 1), (2, 2)),
    "4698": ((1, 1, 5, 5), (1, 1, 3, 3), dict(auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3]), (0, 0), (1, 1), (10, 10)),
    "6067 lower": ((2, 3, 4, 5), (3, 2, 3, 4), dict(auto_pad="SAME_LOWER", strides=[2, 1]), (1, 2), (0, 1), (8, 5)),
    "9370 upper": ((2, 3, 4, 5), (3, 2, 3, 4), dict(auto_pad="SAME_UPPER", strides=[2, 1]), (0, 1), (1, 2), (8, 5)),
    "11927": ((1, 2, 3, 3), (2, 1, 3, 3), dict(auto_pad="SAME_UPPER", strides=[2, 2], output_padding=[1, 1]), (1, 1), (1, 1), (6, 6)),
    "13311 no word": ((1, 2, 5, 5), (2, 3, 4, 4), dict(output_shape=[9, 9], strides=[2, 2]), (2, 2), (1, 1), (9, 9)),
    "13311 VALID": ((1, 2, 5, 5), (2, 3, 4, 4), dict(output_shape=[9, 9], strides=[2, 2], auto_pad="VALID"), (2, 2), (1, 1), (9, 9)),
    "13311 upper": ((1, 2, 5, 5), (2, 3, 4, 4), dict(output_shape=[9, 9], strides=[2, 2], auto_pad="SAME_UPPER"), (1, 1), (2, 2), (9, 9)),
    "29446 longer": ((1, 2, 4, 5), (2, 3, 2, 2), dict(output_shape=[12, 14], strides=[3, 3]), (0, 0), (-1, 0), (12, 14)),
    "29446 dilated": ((1, 2, 4, 5), (2, 3, 2, 2), dict(output_padding=[3, 2], dilations=[4, 3]), (0, 0), (0, 0), (11, 10)),
}


@pytest.mark.parametrize("known", [True, False], ids=["extents known", "extents unknown"])
@pytest.mark.parametrize("name", PADS)
def test_pads(name, known):
    dims, weights, attributes, begin, end, extents = PADS[name]
    x, w = random(*dims), random(*weights, seed=1)
    got = run(model([conv_transpose(**attributes)], {"X": dims if known else ["n", "c", "h", "w"]}, {"W": w}), {"X": x})
    stride, dilation = attributes.get("strides", [1, 1]), attributes.get("dilations", [1, 1])
    longer = [max(-e, 0) for e in end]
    output = [o + more for o, more in zip(attributes.get("output_padding", [0, 0]), longer)]
    assert got.shape[2:] == extents
    assert_close(got, *expected(x, w, stride=stride, begin=begin, end=[max(e, 0) for e in end], output=output, dilation=dilation, groups=1))


@pytest.mark.parametrize("x, w", [((1, 2, 3, 3, 3), (2, 3, 2)), ((1, 2, 3), (2, 3, 2, 2, 2)), ((1, 2, 3, 3), (2, 3, 2)), ((1, 2), (2, 3, 2)),
                                  ((1, 2, 3), (2, 3)), ((2,), (2, 3, 2))])
@pytest.mark.parametrize("known", [True, False], ids=["extents known", "extents unknown"])
def test_32679_axes_of_the_input_and_the_weights_differ(x, w, known):
    for attributes in ({}, dict(pads=[0] * 2 * max(len(w) - 2, 1)), dict(strides=[2] * max(len(x) - 2, 1)), dict(output_padding=[1] * max(len(x) - 2, 1))):
        proto = model([conv_transpose(**attributes)], {"X": x if known else [f"x{i}" for i in range(len(x))]}, {"W": random(*w)},
                      output_rank=len(x))
        with pytest.raises(Exception):
            run(proto, {"X": random(*x)})


@pytest.mark.parametrize("attributes", [dict(output_shape=[14, 10]), dict(output_shape=[2**40, 10]), dict(output_padding=[3, 0]),
                                        dict(pads=[2**62, 0, 2**62, 0]), dict(auto_pad="SAME_UPPER", strides=[2**62, 1]),
                                        dict(auto_pad="SAME_LOWER", dilations=[2**62, 2**62])])
def test_29446_extents_that_no_input_reaches(attributes):
    proto = model([conv_transpose(**{"strides": [3, 3], **attributes})], {"X": ["n", "c", "h", "w"]}, {"W": random(2, 3, 2, 2)})
    with pytest.raises(Exception):
        run(proto, {"X": random(1, 2, 4, 3)})


@pytest.mark.parametrize("dims", [(0, 3, 2, 2), (2, 0, 2, 2), (2, 3, 0, 2), (2, 3, 2, 0)])
def test_cve_2021_41209_an_empty_filter(dims):
    with pytest.raises(Exception):
        run(model([conv_transpose()], {"X": ["n", "c", "h", "w"]}, {"W": numpy.zeros(dims, numpy.float32)}), {"X": random(1, dims[0] or 2, 3, 3)})


def test_26144_zeros_give_the_same_bits_at_every_run():
    w, bias = random(3, 8, 5, 5), random(8)
    proto = model([conv_transpose(("X", "W", "B"), strides=[2, 2], pads=[2, 2, 2, 2], output_padding=[1, 1])], {"X": ["n", 3, "h", "w"]},
                  {"W": w, "B": bias})
    x = numpy.zeros((1, 3, 16, 16), numpy.float32)
    wanted = numpy.broadcast_to(bias[:, None, None], (1, 8, 32, 32))
    for _ in range(20):
        numpy.testing.assert_array_equal(run(proto, {"X": x}), wanted)
