# SPDX-License-Identifier: Apache-2.0
"""What the runtime's own ConvTranspose computes, the library computes too: attributes, shapes, weights from anywhere."""
import random as pyrandom

import numpy
import onnxruntime
import pytest
from models import TensorProto, conv_transpose, helper, model, random, run, session

TOLERANCE = dict(rtol=1e-4, atol=1e-4)  # sums of at most 200 products of normal numbers in float32


def random_case(seed):
    """A model, its feed: any attribute that opset 1 to 22 knows, extents known or not, weights constant or not."""
    dice = pyrandom.Random(seed)
    rank, group = dice.choice([1, 2, 2, 3]), dice.choice([1, 1, 2, 3])
    kernel, stride, dilation = ([dice.randint(1, most) for _ in range(rank)] for most in (4, 4, 2))
    x = [dice.choice([1, 2]), group * dice.randint(1, 3), *(dice.randint(1, 5) for _ in range(rank))]
    w = [x[1], dice.randint(1, 3), *kernel]
    attributes = dict(strides=stride, dilations=dilation, group=group)
    if dice.random() < 0.3:
        attributes["kernel_shape"] = kernel
    if dice.random() < 0.5:  # the runtime allows less than the stride only, the library also less than the dilation
        attributes["output_padding"] = [dice.randint(0, s - 1) for s in stride]
    full = [(i - 1) * s + d * (k - 1) + 1 for i, s, d, k in zip(x[2:], stride, dilation, kernel)]
    mode = dice.choice(["pads", "pads", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "output_shape", "output_shape SAME_UPPER"])
    if mode == "pads":
        attributes["pads"] = [dice.randint(0, 2) for _ in range(2 * rank)]
    elif mode.startswith("output_shape"):
        attributes["output_shape"] = [max(1, extent - dice.randint(0, 3)) for extent in full]
        if dice.random() < 0.2:
            attributes["output_shape"] = [x[0], w[1] * group, *attributes["output_shape"]]
    if mode.split()[-1].isupper():
        attributes["auto_pad"] = mode.split()[-1]
    tensors = {"W": random(*w, seed=seed + 1)}
    if dice.random() < 0.5:
        tensors["B"] = random(w[1] * group, seed=seed + 2)
    feed = {"X": random(*x, seed=seed)}
    inputs = {"X": [None] * len(x) if dice.random() < 0.3 else x}
    if dice.random() < 0.2:
        feed.update(tensors)
        inputs.update({name: array.shape for name, array in tensors.items()})
        tensors = {}
    names = ["X", "W"] + ["B"] * ("B" in feed or "B" in tensors)
    return model([conv_transpose(names, **attributes)], inputs, tensors, opset=dice.choice([1, 11, 22]), output_rank=len(x)), feed


def outcome(proto, feed, library):
    try:
        return run(proto, feed, library, threads=2)
    except Exception as error:
        return str(error)


@pytest.mark.parametrize("block", range(10))
def test_random_models_give_what_the_runtime_gives(block):
    ran = 0
    for seed in range(block * 30, block * 30 + 30):
        proto, feed = random_case(seed)
        alone, ours = (outcome(proto, feed, library) for library in (False, True))
        if isinstance(alone, str):
            continue  # a layer that the runtime refuses (an empty output)
        assert not isinstance(ours, str), (seed, ours)
        numpy.testing.assert_allclose(ours, alone, err_msg=f"seed {seed}: {proto.graph.node}", **TOLERANCE)
        ran += 1
    assert ran >= 15


def test_shapes_that_change_between_runs():
    proto = model([conv_transpose(strides=[2, 2], auto_pad="SAME_UPPER")], {"X": ["n", 3, "h", "w"]}, {"W": random(3, 4, 3, 3)})
    alone, ours = session(proto, False), session(proto)
    for i in range(60):  # more shapes than plans are kept, some of them again
        x = random(1 + i % 2, 3, 1 + i * 7 % 23, 2 + i * 5 % 19, seed=i)
        numpy.testing.assert_allclose(ours.run(None, {"X": x})[0], alone.run(None, {"X": x})[0], **TOLERANCE)


def test_an_empty_batch_has_an_empty_result():
    proto = model([conv_transpose(strides=[2, 2])], {"X": ["n", 3, 4, 5]}, {"W": random(3, 2, 3, 3)})
    assert run(proto, {"X": numpy.zeros((0, 3, 4, 5), numpy.float32)}).shape == (0, 2, 9, 11)


def test_weights_that_the_model_computes():
    nodes = [helper.make_node("Mul", ["W", "S"], ["W2"]), conv_transpose(("X", "W2", "B"), strides=[2, 2])]
    proto = model(nodes, {"X": [1, 3, 4, 5], "S": [1]}, {"W": random(3, 2, 3, 3), "B": random(2)})
    ours = session(proto)
    for factor in (1.0, -2.0):  # nothing of the first run may stay
        feed = {"X": random(1, 3, 4, 5), "S": numpy.float32([factor])}
        numpy.testing.assert_allclose(ours.run(None, feed)[0], run(proto, feed, False), **TOLERANCE)


def test_a_node_in_the_body_of_an_if():
    def branch(weights):
        body = helper.make_graph([conv_transpose(("X", weights), "Z", strides=[2, 2])], weights, [],
                                 [helper.make_tensor_value_info("Z", TensorProto.FLOAT, [None] * 4)])
        return body

    nodes = [helper.make_node("If", ["C"], ["Y"], then_branch=branch("V"), else_branch=branch("W"))]
    proto = model(nodes, {"X": [1, 3, 4, 5]}, {"V": random(3, 2, 2, 2), "W": random(3, 2, 2, 2, seed=1)})
    proto.graph.input.append(helper.make_tensor_value_info("C", TensorProto.BOOL, []))
    for condition in (True, False):
        feed = {"X": random(1, 3, 4, 5), "C": numpy.array(condition)}
        numpy.testing.assert_allclose(run(proto, feed), run(proto, feed, False), **TOLERANCE)


@pytest.mark.skipif(tuple(map(int, onnxruntime.__version__.split(".")[:2])) < (1, 24), reason="no shape inference for older runtimes")
def test_shape_inference_knows_the_output():
    proto = model([conv_transpose(strides=[2, 2], pads=[1, 1, 1, 1])], {"X": ["n", 3, 8, 10]}, {"W": random(3, 5, 4, 4)})
    assert session(proto).get_outputs()[0].shape[1:] == [5, 16, 20]
    proto = model([conv_transpose(strides=[2, 2])], {"X": [2, 3, "h", "w"]}, {"W": random(3, 5, 4, 4)})
    assert session(proto).get_outputs()[0].shape[:2] == [2, 5]


def half_model(weights):
    return model([conv_transpose()], {"X": [1, weights.shape[0], 1, "w"]}, {"W": weights}, element_type=TensorProto.FLOAT16)


def test_every_half_goes_through_unchanged():
    x = numpy.arange(65536, dtype=numpy.uint16).view(numpy.float16).reshape(1, 1, 1, -1)
    y = run(half_model(numpy.ones((1, 1, 1, 1), numpy.float16)), {"X": x})
    assert y.dtype == numpy.float16
    numpy.testing.assert_array_equal(y, x)  # NaN is NaN


def test_halves_are_rounded_to_the_nearest():
    """Sums between two halves, ties among them, below the smallest normal one and beyond the largest."""
    dice = numpy.random.default_rng(0)
    x = dice.integers(0, 65536, (1, 2, 1, 60000)).astype(numpy.uint16).view(numpy.float16)
    x = numpy.where(numpy.isfinite(x), x, numpy.float16(65504))
    x[:, :, :, :1024] = numpy.arange(2048, dtype=numpy.uint16).view(numpy.float16).reshape(1, 2, 1, -1)
    weights = numpy.float16([1, 0.5]).reshape(2, 1, 1, 1)
    with numpy.errstate(over="ignore"):
        expected = (x[:, :1].astype(numpy.float32) + 0.5 * x[:, 1:].astype(numpy.float32)).astype(numpy.float16)
    numpy.testing.assert_array_equal(run(half_model(weights), {"X": x}), expected)


def test_a_model_of_halves():
    nodes = [helper.make_node("Relu", ["X"], ["x"]), conv_transpose(("x", "W", "B"), "z", strides=[2, 2], pads=[1, 1, 1, 1]),
             helper.make_node("Tanh", ["z"], ["Y"])]
    constants = {"W": random(8, 6, 4, 4).astype(numpy.float16), "B": random(6).astype(numpy.float16)}
    proto = model(nodes, {"X": [2, 8, 30, 40]}, constants, element_type=TensorProto.FLOAT16)
    feed = {"X": random(2, 8, 30, 40).astype(numpy.float16)}
    numpy.testing.assert_allclose(run(proto, feed).astype("f"), run(proto, feed, False).astype("f"), rtol=2e-3, atol=2e-3)  # an ulp or two
