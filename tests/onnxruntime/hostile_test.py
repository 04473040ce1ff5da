# SPDX-License-Identifier: Apache-2.0
"""Models that make no sense end in an error with words, at load or at run, never in a crash."""
import numpy
import pytest
from models import conv_transpose, helper, model, random, run, session

X, W = [1, 4, 5, 6], (4, 3, 3, 2)
HUGE = 2**62

BAD_ATTRIBUTES = {
    "auto_pad of no known word": (dict(auto_pad="SAME"), "auto_pad"),
    "too few strides": (dict(strides=[2]), "strides"),
    "too many strides": (dict(strides=[2, 2, 2]), "strides"),
    "a stride of 0": (dict(strides=[0, 2]), "stride"),
    "a negative stride": (dict(strides=[-1, 2]), "stride"),
    "a huge stride": (dict(strides=[HUGE, HUGE]), None),
    "strides that are numbers with a point": (dict(strides=[1.5, 2.0]), "strides"),
    "strides that are one number": (dict(strides=2), "strides"),
    "a dilation of 0": (dict(dilations=[0, 1]), "dilation"),
    "a huge dilation": (dict(dilations=[HUGE, HUGE]), None),
    "too few pads": (dict(pads=[1, 1]), "pads"),
    "a negative pad": (dict(pads=[-1, 0, 0, 0]), "padding"),
    "pads that leave nothing": (dict(pads=[100, 100, 100, 100]), None),
    "a huge pad": (dict(pads=[HUGE, HUGE, HUGE, HUGE]), None),
    "an output_padding without end": (dict(output_padding=[HUGE, 0]), "padding"),
    "a negative output_padding": (dict(output_padding=[-1, 0]), "padding"),
    "an output_shape of 0": (dict(output_shape=[0, 0]), "output_shape"),
    "a negative output_shape": (dict(output_shape=[-7, -7]), "output_shape"),
    "a huge output_shape": (dict(output_shape=[HUGE, HUGE]), None),
    "too many values of output_shape": (dict(output_shape=[1, 2, 3]), "output_shape"),
    "a kernel_shape beside W's": (dict(kernel_shape=[5, 5]), "kernel_shape"),
    "a huge kernel_shape": (dict(kernel_shape=[HUGE, HUGE]), "kernel_shape"),
    "a group of 0": (dict(group=0), "group"),
    "a negative group": (dict(group=-2), "group|channels"),
    "a group that does not divide": (dict(group=3), "group"),
    "a huge group": (dict(group=HUGE), None),
    "a group that is a list": (dict(group=[1, 2]), "group"),
    "an auto_pad that is a number": (dict(auto_pad=3), "auto_pad"),
}


@pytest.mark.parametrize("known", [True, False], ids=["extents known", "extents unknown"])
@pytest.mark.parametrize("name", BAD_ATTRIBUTES)
def test_bad_attributes(name, known):
    attributes, words = BAD_ATTRIBUTES[name]
    proto = model([conv_transpose(**attributes)], {"X": X if known else ["n", "c", "h", "w"]}, {"W": random(*W)})
    with pytest.raises(Exception, match=words):
        run(proto, {"X": random(*X)})


@pytest.mark.parametrize("dims", [[], [4], [4, 3], [4, 3, 3], [4, 3, 3, 2, 1], [4, 3, 3, 2, 1, 1], [4, 0, 3, 2], [4, 3, 0, 2], [5, 3, 3, 2]])
@pytest.mark.parametrize("constant", [True, False])
def test_weights_of_a_wrong_shape(dims, constant):
    inputs, feed, constants = {"X": X}, {"X": random(*X)}, {"W": random(*dims)}
    if not constant:
        inputs["W"] = [f"w{axis}" for axis in range(len(dims))]
        feed.update(constants)
        constants = {}
    with pytest.raises(Exception):
        run(model([conv_transpose()], inputs, constants), feed)


@pytest.mark.parametrize("dims", [[], [2], [4], [3, 1], [1, 3]])
def test_a_bias_of_a_wrong_shape(dims):
    with pytest.raises(Exception, match="channels"):
        run(model([conv_transpose(("X", "W", "B"))], {"X": X}, {"W": random(*W), "B": random(*dims)}), {"X": random(*X)})


@pytest.mark.parametrize("dims", [[4, 5, 6], [1, 3, 5, 6], [1, 4, 0, 6], [1, 4, 5, 6, 7], [4]])
def test_an_input_of_a_wrong_shape(dims):
    proto = model([conv_transpose()], {"X": [f"x{axis}" for axis in range(len(dims))]}, {"W": random(*W)})
    with pytest.raises(Exception):
        run(proto, {"X": random(*dims)})


def test_missing_inputs():
    for inputs in (["X"], ["", "W"], ["X", ""], []):
        with pytest.raises(Exception):
            run(model([helper.make_node("ConvTranspose", inputs, ["Y"])], {"X": X}, {"W": random(*W)}), {"X": random(*X)})


def test_an_output_that_no_memory_holds():
    proto = model([conv_transpose(strides=[2**18, 2**18])], {"X": ["n", 4, "h", "w"]}, {"W": random(*W)})
    with pytest.raises(Exception):
        run(proto, {"X": random(1, 4, 100, 100)})


FUSED = {
    "an activation of no known name": (dict(activation="Softmax"), "activation"),
    "an activation that is a number": (dict(activation=1), "activation"),
    "a PRelu without slopes": (dict(activation="PRelu"), "slopes"),
    "limits in the wrong order": (dict(activation="Clip", clip_min=1.0, clip_max=-1.0), "clamp"),
    "a limit that is no number": (dict(activation="Clip", clip_min=float("nan"), clip_max=1.0), "clamp"),
    "an alpha that is a word": (dict(activation="LeakyRelu", alpha="x"), "alpha"),
}


@pytest.mark.parametrize("name", FUSED)
def test_bad_epilogues(name):
    attributes, words = FUSED[name]
    node = conv_transpose(**attributes)
    node.domain = "deconv"
    proto = model([node], {"X": X}, {"W": random(*W)})
    proto.opset_import.append(helper.make_opsetid("deconv", 1))
    with pytest.raises(Exception, match=words):
        run(proto, {"X": random(*X)})


def test_a_residual_of_another_shape():
    node = conv_transpose(("X", "W", "", "", "", "R"))
    node.domain = "deconv"
    proto = model([node], {"X": X, "R": ["a", "b", "c", "d"]}, {"W": random(*W)})
    proto.opset_import.append(helper.make_opsetid("deconv", 1))
    with pytest.raises(Exception, match="residual"):
        run(proto, {"X": random(*X), "R": random(1, 3, 1, 1)})
    assert run(proto, {"X": random(*X), "R": random(1, 3, 7, 7)}).shape == (1, 3, 7, 7)


def test_the_node_is_named():
    with pytest.raises(Exception, match='node "layer Y"'):
        session(model([conv_transpose()], {"X": ["n", "c", "h", "w"]}, {"W": random(4, 3)}))


def test_other_types_are_refused_in_words():
    proto = model([conv_transpose()], {"X": X}, {"W": random(*W).astype(numpy.float64)}, element_type=11)
    with pytest.raises(Exception, match="double"):
        session(proto)
