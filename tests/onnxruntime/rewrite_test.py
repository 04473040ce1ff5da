# SPDX-License-Identifier: Apache-2.0
"""rewrite() fuses what it may, leaves what it must, and the model computes the same."""
import numpy
import onnx
import pytest
from deconv.onnxruntime import rewrite
from models import TensorProto, constant_names, conv_transpose, feed_of, helper, model, operators, random, run

X = [2, 4, 5, 6]
LAYER = dict(strides=[2, 2], pads=[1, 1, 1, 1])  # (2, 3, 10, 12) with W
W, B = random(4, 3, 4, 4), random(3, seed=1)
NORM = dict(gamma=1 + 0.2 * random(3, seed=2), beta=random(3, seed=3), mean=random(3, seed=4), variance=numpy.abs(random(3, seed=5)) + 0.1)
FUSED = "deconv.ConvTranspose"


def first(output="a", bias=True):
    return conv_transpose(("X", "W", "B") if bias else ("X", "W"), output, **LAYER)


def norm(source, output, **attributes):
    return helper.make_node("BatchNormalization", [source, "gamma", "beta", "mean", "variance"], [output], **attributes)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs, [output], **attributes)


def check(proto, expected_operators, tolerance=2e-5):
    """The rewritten model has these operators, passes the checker and computes what the given one does."""
    before = proto.SerializeToString()
    result = rewrite(proto)
    assert proto.SerializeToString() == before
    assert operators(result) == expected_operators
    onnx.checker.check_model(result)
    feed = feed_of(proto)
    numpy.testing.assert_allclose(run(result, feed), run(proto, feed, False), rtol=tolerance, atol=tolerance)
    return result


ACTIVATIONS = {
    "Relu": {}, "LeakyRelu": {"alpha": 0.2}, "LeakyRelu default": {}, "Sigmoid": {}, "Tanh": {}, "HardSwish": {}, "Elu": {"alpha": 0.7}, "Elu default": {}}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    check(model([first(), node(name.split()[0], ["a"], "Y", **ACTIVATIONS[name])], {"X": X}, {"W": W, "B": B}), [FUSED])


@pytest.mark.parametrize("low, high", [(-0.5, 0.8), (None, 0.5), (-0.1, None), (None, None)])
@pytest.mark.parametrize("opset", [6, 17])
def test_clip(low, high, opset):
    constants = {"W": W, "B": B}
    if opset < 11:
        attributes, inputs = {name: value for name, value in (("min", low), ("max", high)) if value is not None}, ["a"]
    else:
        attributes, inputs = {}, ["a", "low" if low is not None else "", "high" if high is not None else ""]
        constants.update({name: value for name, value in (("low", low), ("high", high)) if value is not None})
    result = check(model([first(), node("Clip", inputs, "Y", **attributes)], {"X": X}, constants, opset=opset), [FUSED])
    assert constant_names(result) == {"W", "B"}


@pytest.mark.parametrize("shape", [(3, 1, 1), (1, 3, 1, 1), (1,), (1, 1, 1)])
def test_prelu(shape):
    check(model([first(), node("PRelu", ["a", "s"], "Y")], {"X": X}, {"W": W, "B": B, "s": random(*shape)}), [FUSED])


@pytest.mark.parametrize("bias", [True, False])
def test_everything_that_can_follow(bias):
    nodes = [first("a", bias), node("Add", ["a", "c"], "b"), norm("b", "d", epsilon=1e-3), node("Mul", ["f", "d"], "e"),
             node("Add", ["R", "e"], "g"), node("Relu", ["g"], "Y")]
    constants = dict(W=W, c=random(1, 3, 1, 1), f=random(3, 1, 1), **NORM, **({"B": B} if bias else {}))
    check(model(nodes, {"X": X, "R": [2, 3, 10, 12]}, constants), [FUSED])


def test_a_residual_made_after_the_layer():
    nodes = [first(), node("Exp", ["R"], "r"), node("Add", ["a", "r"], "b"), node("Tanh", ["b"], "Y")]
    check(model(nodes, {"X": X, "R": [2, 3, 10, 12]}, {"W": W, "B": B}), ["Exp", FUSED])


@pytest.mark.parametrize("dims", [[2, 3, 1, 1], [2, 3, 10, "w"], [1, 3, 10, 12], [3, 2, 3, 10, 12]])
def test_an_add_that_may_broadcast_stays(dims):
    nodes = [first(), node("Add", ["a", "R"], "Y")]
    proto = model(nodes, {"X": X, "R": dims}, {"W": W, "B": B}, output_rank=len(dims))
    assert operators(rewrite(proto)) == [FUSED, "Add"]


def test_a_second_residual_and_what_follows_an_activation_stay():
    shape = [2, 3, 10, 12]
    nodes = [first(), node("Add", ["a", "R"], "b"), node("Add", ["b", "Q"], "c"), node("Relu", ["c"], "Y")]
    check(model(nodes, {"X": X, "R": shape, "Q": shape}, {"W": W, "B": B}), [FUSED, "Add", "Relu"])
    nodes = [first(), node("Relu", ["a"], "b"), norm("b", "Y")]
    check(model(nodes, {"X": X}, dict(W=W, B=B, **NORM)), [FUSED, "BatchNormalization"])
    nodes = [first(), node("Add", ["a", "R"], "b"), norm("b", "Y")]
    check(model(nodes, {"X": X, "R": shape}, dict(W=W, B=B, **NORM)), [FUSED, "BatchNormalization"])


def test_values_that_others_read_stay():
    nodes = [first(), node("Relu", ["a"], "b"), node("Sigmoid", ["a"], "c"), node("Add", ["b", "c"], "Y")]
    check(model(nodes, {"X": X}, {"W": W, "B": B}), [FUSED, "Relu", "Sigmoid", "Add"])
    proto = model([first(), node("Relu", ["a"], "Y")], {"X": X}, {"W": W, "B": B})
    proto.graph.output.append(helper.make_tensor_value_info("a", TensorProto.FLOAT, [2, 3, 10, 12]))
    assert operators(rewrite(proto)) == [FUSED, "Relu"]
    check(model([first(), node("Add", ["a", "a"], "Y")], {"X": X}, {"W": W, "B": B}), [FUSED, "Add"])


def test_what_is_not_exact_stays():
    constants = dict(W=W, B=B, **NORM)
    proto = model([first(), node("Clip", ["a", "low", "high"], "Y")], {"X": X}, dict(W=W, B=B, low=1.0, high=-1.0))
    assert operators(rewrite(proto)) == [FUSED, "Clip"]
    proto = model([first(), node("PRelu", ["a", "s"], "Y")], {"X": X}, dict(W=W, B=B, s=random(10, 12)))
    assert operators(rewrite(proto)) == [FUSED, "PRelu"]
    training = helper.make_node("BatchNormalization", ["a", "gamma", "beta", "mean", "variance"], ["Y", "m", "v"], training_mode=1)
    assert operators(rewrite(model([first(), training], {"X": X}, constants))) == [FUSED, "BatchNormalization"]
    del constants["mean"]
    proto = model([first(), norm("a", "Y")], {"X": X, "mean": [3]}, constants)
    assert operators(rewrite(proto)) == [FUSED, "BatchNormalization"]
    proto = model([first(), norm("a", "Y")], {"X": X, "B": [3]}, dict(W=W, **NORM))
    assert operators(rewrite(proto)) == [FUSED, "BatchNormalization"]
    check(model([first(), node("Relu", ["a"], "Y")], {"X": X, "B": [3]}, {"W": W}), [FUSED])


def test_initializers_that_a_caller_may_replace_are_no_constants():
    proto = model([first(), norm("a", "Y")], {"X": X, "mean": [3]}, dict(W=W, B=B, **NORM), ir_version=8)
    assert operators(rewrite(proto)) == [FUSED, "BatchNormalization"]
    inputs = {name: list(array.shape) for name, array in dict(W=W, B=B, **NORM).items()}
    check(model([first(), norm("a", "Y")], {"X": X, **inputs}, dict(W=W, B=B, **NORM), opset=8, ir_version=3), [FUSED])


@pytest.mark.parametrize("group", [1, 2])
def test_a_normalization_before(group):
    vectors = dict(gamma=1 + 0.2 * random(4, seed=2), beta=numpy.zeros(4, "f"), mean=numpy.zeros(4, "f"), variance=numpy.abs(random(4)) + 0.1)
    nodes = [norm("X", "x"), conv_transpose(("x", "W"), "a", group=group, **LAYER), node("Relu", ["a"], "Y")]
    check(model(nodes, {"X": X}, dict(W=random(4, 3, 4, 4), **vectors)), [FUSED])

    vectors["beta"] = random(4, seed=3)  # a shift reaches fewer taps at the borders
    check(model(nodes, {"X": X}, dict(W=random(4, 3, 4, 4), **vectors)), ["BatchNormalization", FUSED])

    nodes[1] = conv_transpose(("x", "W", "B"), "a")
    check(model(nodes, {"X": X}, dict(W=random(4, 3, 1, 1), B=B, **vectors)), [FUSED])


def test_a_shared_constant_stays_as_it_is():
    """Two layers with one W, only one of them behind a normalization."""
    vectors = dict(gamma=1 + 0.2 * random(4, seed=2), beta=numpy.zeros(4, "f"), mean=numpy.zeros(4, "f"), variance=numpy.abs(random(4)) + 0.1)
    nodes = [norm("X", "x"), conv_transpose(("x", "W"), "a", **LAYER), conv_transpose(("X", "W"), "b", **LAYER), node("Sub", ["a", "b"], "Y")]
    check(model(nodes, {"X": X}, dict(W=W, **vectors)), [FUSED, FUSED, "Sub"])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_every_rank(rank):
    names = ["a", "gamma", "beta", "mean", "variance"]
    nodes = [conv_transpose(("X", "W"), "a", strides=[2] * rank), helper.make_node("BatchNormalization", names, ["b"]),
             node("PRelu", ["b", "s"], "Y")]
    constants = dict(W=random(4, 3, *[3] * rank), s=random(3, *[1] * rank), **NORM)
    check(model(nodes, {"X": [2, 4, *[5] * rank]}, constants, output_rank=rank + 2), [FUSED])


def test_constants_from_nodes():
    constant = helper.make_node("Constant", [], ["c"], value=onnx.numpy_helper.from_array(random(3, 1, 1)))
    check(model([constant, first(), node("Add", ["a", "c"], "Y")], {"X": X}, {"W": W, "B": B}), [FUSED])


def test_bodies():
    def branch(kind):
        nodes = [conv_transpose(("X", "W"), f"a{kind}", **LAYER), node(kind, [f"a{kind}"], f"y{kind}")]
        return helper.make_graph(nodes, kind, [], [helper.make_tensor_value_info(f"y{kind}", TensorProto.FLOAT, [None] * 4)])

    nodes = [helper.make_node("If", ["C"], ["Y"], then_branch=branch("Relu"), else_branch=branch("Tanh"))]
    proto = model(nodes, {"X": X}, {"W": W})
    proto.graph.input.append(helper.make_tensor_value_info("C", TensorProto.BOOL, []))
    result = rewrite(proto)
    for attribute in result.graph.node[0].attribute:
        assert [inner.domain + "." + inner.op_type for inner in attribute.g.node] == [FUSED]
    for condition in (True, False):
        feed = {"X": random(*X), "C": numpy.array(condition)}
        numpy.testing.assert_allclose(run(result, feed), run(proto, feed, False), rtol=1e-5, atol=1e-5)


def test_models_without_a_layer_and_other_types_stay():
    proto = model([node("Relu", ["X"], "Y")], {"X": X})
    assert rewrite(proto) == proto
    proto = model([conv_transpose(**LAYER)], {"X": X}, {"W": W.astype(numpy.float16)}, element_type=TensorProto.FLOAT16)
    assert operators(rewrite(proto)) == ["ConvTranspose"]


def test_a_path_is_taken(tmp_path):
    onnx.save(model([first(), node("Relu", ["a"], "Y")], {"X": X}, {"W": W, "B": B}), tmp_path / "model.onnx")
    assert operators(rewrite(tmp_path / "model.onnx")) == [FUSED]


def test_attributes_stay():
    attributes = dict(strides=[2, 1], auto_pad="SAME_UPPER", dilations=[1, 2], group=2, kernel_shape=[3, 2])
    proto = model([conv_transpose(("X", "W"), "a", **attributes), node("Relu", ["a"], "Y")], {"X": X}, {"W": random(4, 3, 3, 2)})
    check(proto, [FUSED])


def test_a_body_that_hides_an_outer_constant():
    values = {"W": random(4, 4, 1, 1), "K": numpy.full((4, 1, 1), 100, numpy.float32), "K0": numpy.full((4, 1, 1), 2, numpy.float32),
              "one": numpy.ones(1, numpy.float32), "trip": numpy.array(2), "true": numpy.array(True)}
    info = helper.make_tensor_value_info
    body = helper.make_graph(
        [conv_transpose(("S", "W"), "c"), helper.make_node("Mul", ["c", "K"], ["S_out"]), helper.make_node("Identity", ["go"], ["go_out"]),
         helper.make_node("Add", ["K", "one"], ["K_out"])], "body",
        [info("i", TensorProto.INT64, []), info("go", TensorProto.BOOL, []), info("S", TensorProto.FLOAT, [2, 4, 6, 6]),
         info("K", TensorProto.FLOAT, [4, 1, 1])],
        [info("go_out", TensorProto.BOOL, []), info("S_out", TensorProto.FLOAT, [2, 4, 6, 6]), info("K_out", TensorProto.FLOAT, [4, 1, 1])])
    proto = model([helper.make_node("Loop", ["trip", "true", "X", "K0"], ["Y", "last"], body=body)], {"X": [2, 4, 6, 6]}, values)
    feed = feed_of(proto)
    numpy.testing.assert_allclose(run(rewrite(proto), feed), run(proto, feed, library=False), rtol=1e-4)


@pytest.mark.parametrize("bias", [None, -0.5])
def test_infinite_factors_stay(bias):
    values = {"W": random(4, 5, 3, 3), "S": numpy.full((5, 1, 1), numpy.inf, numpy.float32)}
    inputs = ("X", "W")
    if bias is not None:
        values["B"], inputs = numpy.full(5, bias, numpy.float32), ("X", "W", "B")
    proto = model([conv_transpose(inputs, "c"), helper.make_node("Mul", ["c", "S"], ["Y"])], {"X": [1, 4, 6, 6]}, values)
    feed = feed_of(proto)
    assert numpy.array_equal(numpy.isnan(run(rewrite(proto), feed)), numpy.isnan(run(proto, feed, library=False)))
    assert "Mul" in operators(rewrite(proto))


def short(proto):
    proto.graph.initializer[0].raw_data = proto.graph.initializer[0].raw_data[:5]
    return proto


SMALL, KERNELS = {"X": [1, 4, 6, 6]}, {"W": numpy.ones((4, 5, 3, 3), numpy.float32)}
INVALID = {
    "one input": model([conv_transpose(("X",))], SMALL, KERNELS),
    "no output": model([helper.make_node("ConvTranspose", ["X", "W"], [], name="bare")], SMALL, KERNELS),
    "PRelu without slopes": model([conv_transpose(output="c"), helper.make_node("PRelu", ["c"], ["Y"])], SMALL, KERNELS),
    "BatchNormalization of three": model([conv_transpose(output="c"), helper.make_node("BatchNormalization", ["c", "W", "W"], ["Y"])], SMALL, KERNELS),
    "group is a list": model([conv_transpose(group=[1])], SMALL, KERNELS),
    "group is a text": model([conv_transpose(group="1")], SMALL, KERNELS),
    "weights cut short": short(model([conv_transpose(output="c"), helper.make_node("Relu", ["c"], ["Y"])],
                                     SMALL, KERNELS)),
}


@pytest.mark.parametrize("what", INVALID)
def test_invalid_nodes_are_named_or_left(what):
    try:
        rewrite(INVALID[what])
    except ValueError as error:
        assert "is no valid ONNX" in str(error) and ("layer" in str(error) or "bare" in str(error))
