# SPDX-License-Identifier: Apache-2.0
"""share/deconv/onnx_layers.py: the layers of a model, as engines see them, and words for every bad model."""
import csv
import importlib.util
import pathlib
import random
import subprocess
import sys

import numpy
import pytest

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "share/deconv/onnx_layers.py"
sys.path.insert(0, str(SCRIPT.parent))
from onnx_model import ModelError  # noqa: E402
from onnx_model.layers import read_layers  # noqa: E402

HUGE = 2**62


def layer(output="Y", x="X", weights="W", name="up", **attributes):
    return helper.make_node("ConvTranspose", [x, weights], [output], name=name, **attributes)


def model(nodes, inputs, weights=(4, 3, 3, 2), element_type=TensorProto.FLOAT, constants=None, outputs=("Y",), **fields):
    arrays = {"W": numpy.ones(weights, numpy.float32), **(constants or {})}
    graph = helper.make_graph(
        nodes, "test", [helper.make_tensor_value_info(name, element_type, dims) for name, dims in inputs.items()],
        [helper.make_tensor_value_info(name, element_type, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, **fields)


@pytest.fixture
def listed(tmp_path):
    def run(proto, *arguments, name="model.onnx"):
        """The process that listed, and its rows."""
        path = tmp_path / name
        path.write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
        done = subprocess.run([sys.executable, SCRIPT, path, *arguments], capture_output=True, text=True)
        assert "Traceback" not in done.stderr, done.stderr
        return done, list(csv.DictReader(done.stdout.splitlines()))
    return run


@pytest.fixture
def refused(tmp_path):
    def read(proto, *shapes):
        """What is said of a bad model."""
        path = tmp_path / "model.onnx"
        path.write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
        with pytest.raises(ModelError) as error:
            read_layers(path, shapes)
        return str(error.value)
    return read


def extents(row, field):
    return [int(row[f"{field}_{axis}"]) for axis in "dhw"[3 - int(row["rank"]):]]


def random_layer(seed):
    """A model of one layer with any attribute, and the shape of its input."""
    dice = random.Random(seed)
    rank, group = dice.choice([1, 2, 2, 3]), dice.choice([1, 1, 2, 3])
    kernel, stride, dilation = ([dice.randint(1, most) for _ in range(rank)] for most in (4, 4, 2))
    x = [dice.choice([1, 2]), group * dice.randint(1, 3), *(dice.randint(1, 5) for _ in range(rank))]
    attributes = dict(strides=stride, dilations=dilation, group=group, output_padding=[dice.randint(0, s - 1) for s in stride])
    full = [(i - 1) * s + d * (k - 1) + 1 for i, s, d, k in zip(x[2:], stride, dilation, kernel)]
    mode = dice.choice(["pads", "output_shape", "SAME_UPPER", "SAME_LOWER", "VALID", "output_shape SAME_UPPER"])
    if mode == "pads":
        attributes["pads"] = [dice.randint(0, 2) for _ in range(2 * rank)]
    if "output_shape" in mode:
        attributes["output_shape"] = [max(1, extent - dice.randint(0, 3)) for extent in full]
    if mode.split()[-1].isupper():
        attributes["auto_pad"] = mode.split()[-1]
    return model([layer(**attributes)], {"X": x}, (x[1], dice.randint(1, 3), *kernel)), x


def test_outputs_are_those_of_onnx_runtime(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    ran = 0
    for seed in range(200):
        proto, x = random_layer(seed)
        try:
            session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
            expected = session.run(None, {"X": numpy.ones(x, numpy.float32)})[0].shape
        except Exception:
            continue  # a layer that the runtime refuses (an empty output)
        path = tmp_path / "model.onnx"
        path.write_bytes(proto.SerializeToString())
        geometry = read_layers(path, []).layers[0].geometry
        assert (geometry.batch, geometry.out_channels, *geometry.out) == expected, (seed, proto.graph.node)
        formula = ((i - 1) * s + d * (k - 1) + 1 + a - b - e for i, s, d, k, a, b, e in zip(
            geometry.extent, geometry.stride, geometry.dilation, geometry.kernel, geometry.output_padding, geometry.pad_begin, geometry.pad_end))
        assert tuple(formula) == geometry.out
        ran += 1
    assert ran > 100


@pytest.mark.parametrize("auto_pad, begin, end", [("SAME_UPPER", [0, 0], [1, 0]), ("SAME_LOWER", [1, 0], [0, 0])])
def test_same_splits_what_must_go(listed, auto_pad, begin, end):
    _, (row,) = listed(model([layer(strides=[2, 2], auto_pad=auto_pad)], {"X": [1, 4, 5, 6]}))
    assert (extents(row, "pad_begin"), extents(row, "pad_end"), extents(row, "out")) == (begin, end, [10, 12])


def test_columns_are_the_zoo_s(listed):
    done, _ = listed(model([layer()], {"X": [1, 4, 5, 6]}))
    assert done.stdout.splitlines()[0] == (ROOT / "benchmarks/zoo.csv").read_text().splitlines()[0]
    assert done.stderr == ""


def test_open_extents(listed):
    proto = model([layer(), layer("Z", "V", name="other")], {"X": ["n", 4, "h", "w"], "V": ["n", 4, 7, "h"]}, outputs=("Y", "Z"))
    done, (row, other) = listed(proto, "--input-shape", "X:2,4,8,9")
    assert (extents(row, "in"), extents(other, "in"), other["batch"]) == ([8, 9], [7, 8], "2")  # n and h are the same everywhere
    assert "'V' is ?x4x7x? in the model: taken as 2x4x7x8" in done.stderr
    assert all(len(line) <= 80 for line in done.stderr.splitlines()), done.stderr
    done, (row, other) = listed(proto)
    assert extents(row, "in") == [640, 640] and "taken as 1x4x640x640" in done.stderr
    assert all(len(line) <= 80 for line in done.stderr.splitlines()), done.stderr


def test_one_input_needs_no_name(listed):
    _, (row,) = listed(model([layer(x="a:b")], {"a:b": ["n", 4, "h", "w"]}), "--input-shape", "3,4,8,9")
    assert (row["batch"], extents(row, "in")) == ("3", [8, 9])


def test_equal_layers_are_one_row(listed):
    nodes = [layer(f"Y{i}", name=f"a/{i},\n\"b\"") for i in range(6)] + [layer("Y", strides=[2, 2], name="a_0_b")]
    done, rows = listed(model(nodes, {"X": [1, 4, 5, 6]}, outputs=[f"Y{i}" for i in range(6)] + ["Y"]), name="my,model.onnx")
    assert [row["layer"] for row in rows] == ["a_0_b", "a_0_b_2"]
    assert [row["model"] for row in rows] == ["my model.onnx x6", "my model.onnx"]
    assert "6 nodes" in rows[0]["source"] and "and 2 more" in rows[0]["source"]
    assert '"' not in done.stdout and len(done.stdout.splitlines()) == 3


def test_bodies_and_functions_are_read(listed):
    condition = numpy.array(True)
    body = helper.make_graph([layer("inner", name="in the body")], "body", [], [helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)])
    nodes = [helper.make_node("If", ["condition"], ["Y"], then_branch=body, else_branch=body), helper.make_node("Up", ["X", "W"], ["Z"], domain="own")]
    function = helper.make_function("own", "Up", ["x", "w"], ["y"], [helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[3, 3])],
                                    [helper.make_opsetid("", 17)])
    proto = model(nodes, {"X": [1, 4, 5, 6]}, constants={"condition": condition}, outputs=("Y", "Z"), functions=[function])
    proto.opset_import.append(helper.make_opsetid("own", 1))
    _, rows = listed(proto)
    assert [(row["model"], extents(row, "stride")) for row in rows] == [("model.onnx x2", [1, 1]), ("model.onnx", [3, 3])]


def test_shapes_that_depend_on_values_are_run_for(listed):
    nodes = [helper.make_node("Shape", ["X"], ["shape"]), helper.make_node("NonZero", ["shape"], ["where"]),  # 1 x 4: no inference knows the 4
             helper.make_node("Cast", ["where"], ["cast"], to=TensorProto.FLOAT), helper.make_node("Reshape", ["cast", "dims"], ["x"]), layer(x="x")]
    _, (row,) = listed(model(nodes, {"X": [1, 4, 5, 6]}, (2, 3, 3, 2), constants={"dims": numpy.array([1, 2, 1, -1])}))
    assert extents(row, "in") == [1, 2]
    runner = "onnxruntime" if importlib.util.find_spec("onnxruntime") else "onnx.reference"
    assert row["verified"] == f"shapes by {runner}"


def test_a_layer_of_four_axes_is_left_out_in_words(listed):
    nodes = [layer("Z", "V", "U", name="four"), layer()]
    proto = model(nodes, {"X": [1, 4, 5, 6], "V": [1, 2, 3, 3, 3, 3], "U": [2, 2, 1, 1, 1, 1]}, outputs=("Y", "Z"))
    done, rows = listed(proto)
    assert len(rows) == 1 and "node 'four' is left out: 4 spatial axes" in done.stderr


BAD_LAYERS = {
    "auto_pad": dict(auto_pad="SAME"), "strides": dict(strides=[2]), "strides = [0, 2]": dict(strides=[0, 2]), "wrong type": dict(strides=[1.5, 2.0]),
    "dilations = [0, 1]": dict(dilations=[0, 1]), "pads = [1, 1]": dict(pads=[1, 1]), "pads = [-1": dict(pads=[-1, 0, 0, 0]),
    "out = ": dict(pads=[100, 100, 100, 100]), "pad_begin": dict(pads=[HUGE] * 4), "output_padding": dict(output_padding=[HUGE, 0]),
    "output_shape = [0, 0]": dict(output_shape=[0, 0]), "output_shape = [1, 2, 3]": dict(output_shape=[1, 2, 3]),
    "kernel_shape = [5, 5]": dict(kernel_shape=[5, 5]), "group = 0": dict(group=0), "group = 3": dict(group=3), "group has a wrong type": dict(group=[1]),
}


@pytest.mark.parametrize("words", BAD_LAYERS)
def test_bad_attributes_are_named(refused, words):
    said = refused(model([layer(**BAD_LAYERS[words])], {"X": [1, 4, 5, 6]}))
    assert words in said and "'up'" in said


BAD_MODELS = {
    "has no ConvTranspose": model([helper.make_node("Relu", ["X"], ["Y"])], {"X": [1, 4, 5, 6]}),
    "does not fit weights": model([layer()], {"X": [1, 5, 5, 6]}),
    "as many are needed": model([layer()], {"X": [1, 4, 5]}),
    "at least 3": model([layer()], {"X": [1, 4]}, weights=(4, 3)),
    "needs an input and weights": model([helper.make_node("ConvTranspose", ["X"], ["Y"], name="up")], {"X": [1, 4, 5, 6]}),
    "the rank of its input 'ghost' is unknown": model([layer(x="ghost")], {"X": [1, 4, 5, 6]}),
    "no ONNX model": b"\x08",
    "it has no graph": b"",
}


@pytest.mark.parametrize("words", BAD_MODELS)
def test_bad_models_are_told(refused, words):
    assert words in refused(BAD_MODELS[words])


def test_the_command_tells_them_and_fails(listed):
    done, rows = listed(b"\x08")
    assert (done.returncode, rows) == (1, []) and "model.onnx: no ONNX model" in done.stderr


@pytest.mark.parametrize("shape, words", [("Z:1,4,5,6", "no input 'Z'"), ("X:1,4,5", "has 4 dims, not 3"), ("X:1,4,a,6", "whole numbers"),
                                          ("X:1,4,0,6", "positive"), ("X:", "whole numbers")])
def test_bad_shapes_are_told(refused, shape, words):
    assert words in refused(model([layer()], {"X": [1, 4, "h", "w"]}), shape)


def test_a_type_that_nobody_knows(refused):
    proto = model([layer()], {"X": [1, 4, "h", "w"]})
    scalar = proto.graph.input.add()
    scalar.CopyFrom(helper.make_tensor_value_info("seed", 1, []))
    scalar.type.tensor_type.elem_type = 77
    assert "seed" in refused(proto, "seed:1")


@pytest.mark.parametrize("name, text", [("model.json", "{nope"), ("model.json", '{"graph":3}'), ("model.textproto", "{nope"), ("model.onnxtxt", "{nope")])
def test_damaged_texts_end_in_words(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ModelError):
        read_layers(path, [])


def test_functions_that_call_functions_twice(refused):
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]
    functions = [helper.make_function("f", "F0", ["x"], ["y"], [helper.make_node("Relu", ["x"], ["y"])], opset)]
    for level in range(1, 40):
        inner = [helper.make_node(f"F{level - 1}", [a], [b], domain="f") for a, b in (("x", "m"), ("m", "y"))]
        functions.append(helper.make_function("f", f"F{level}", ["x"], ["y"], inner, opset))
    proto = model([helper.make_node("F39", ["X"], ["x"], domain="f"), layer(x="x")], {"X": [1, 4, 5, 6]}, functions=functions)
    proto.opset_import.append(helper.make_opsetid("f", 1))
    assert "its functions make more than 100000 nodes" in refused(proto)


def test_damaged_models_end_in_words(tmp_path):
    good = model([helper.make_node("Relu", ["X"], ["x"]), layer(x="x", pads=[1, 1, 1, 1], auto_pad="NOTSET")], {"X": [1, 4, "h", "w"]}).SerializeToString()
    dice, path, read = random.Random(7), tmp_path / "model.onnx", 0
    for _ in range(400):
        damaged = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        try:
            read += bool(read_layers(path, []).layers)
        except ModelError:
            pass
    assert read > 20


def test_the_text_detector(listed):
    spec = importlib.util.find_spec("rapidocr_onnxruntime")
    if spec is None:
        pytest.skip("rapidocr-onnxruntime is not installed: its text detector is not read")
    path = pathlib.Path(spec.submodule_search_locations[0]) / "models/ch_PP-OCRv4_det_infer.onnx"
    _, rows = listed(path.read_bytes())
    assert [(row["in_channels"], row["out_channels"], extents(row, "in"), extents(row, "kernel"), extents(row, "stride"), extents(row, "out"))
            for row in rows] == [("24", "24", [160, 160], [2, 2], [2, 2], [320, 320]), ("24", "1", [320, 320], [2, 2], [2, 2], [640, 640])]
