# SPDX-License-Identifier: Apache-2.0
"""What the package says about itself, what it costs to call, and what it is made of."""
import ast
import copy
import ctypes
import importlib.metadata
import pathlib
import pickle
import time

import deconv
import numpy as np
import pytest

PACKAGE = pathlib.Path(deconv.__file__).parent


def test_info():
    info = deconv.info()
    assert info["version"] == deconv.__version__ == importlib.metadata.version("deconv")
    assert info["backends"]["highway"]["algorithms"] and "naive" in info["backends"]
    assert info["isas"]
    assert ctypes.CDLL(info["library"]).deconv_isa_count() == len(info["isas"])
    assert pathlib.Path(info["library"]).parent.parent == PACKAGE


def test_explain():
    weights = np.ones((64, 3, 4, 4), np.float32)
    text = deconv.explain((64, 3, 4, 4), stride=2, padding=1, expected_shape=(1, 64, 32, 32))
    assert text == deconv.explain(weights, stride=2, padding=1, expected_shape=(1, 64, 32, 32))
    assert text.count("chosen") == 1 and "declined, needs groups" in text
    layer = deconv.ConvTranspose(weights, stride=2, padding=1, expected_shape=(1, 64, 32, 32))
    chosen = next(line for line in text.splitlines() if "chosen" in line)
    assert chosen.startswith(f"{layer.backend}/{layer.algorithm}:")
    assert layer.algorithm in layer.explain() and layer.isa in repr(layer)
    assert layer.packed_bytes >= weights.nbytes


def test_a_plan_says_what_runs():
    plan = deconv.ConvTranspose(np.ones((2, 3, 2, 2), np.float32), stride=2).plan((1, 2, 5, 5))
    assert plan.out_shape == (1, 3, 10, 10)
    assert plan.flops == 2 * 2 * 3 * 100
    assert plan.description and plan.bytes > 0 and plan.workspace_bytes >= 0


def test_packed_layers_do_not_travel():
    layer = deconv.ConvTranspose(np.ones((1, 1, 1), np.float32))
    for copier in (copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="weights packed for this machine"):
            copier(layer)


def test_the_binding_has_the_types_that_its_stub_declares():
    assert (PACKAGE / "py.typed").exists()
    tree = ast.parse((PACKAGE / "_native.pyi").read_text())
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            declared = {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)} - {"__init__"}
            bound = {name for name in vars(getattr(deconv._native, node.name)) if not name.startswith("_")}
            assert declared == bound, node.name
    functions = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert functions == {name for name in vars(deconv._native) if not name.startswith("_")}


def seconds_of(call):
    begin = time.perf_counter()
    for _ in range(100):
        call()
    return (time.perf_counter() - begin) / 100


def check_cost(array):
    """Everything about a call of one product, the C call included. Five microseconds are meant for a machine on which NumPy's addition of one
    number takes a third of one: both are timed in turn, and the least of many batches counts, as a busy machine only adds to it."""
    layer = deconv.ConvTranspose(np.ones((1, 1, 1), np.float32), threads=1)
    x, out = array(np.ones((1, 1, 1), np.float32)), array(np.ones((1, 1, 1), np.float32))
    one = np.ones(1, np.float32)
    for call in (lambda: layer(x), lambda: layer(x, out=out)):
        batches = [(seconds_of(call), seconds_of(lambda: np.add(one, one, out=one))) for _ in range(200)]
        own, addition = (min(seconds) for seconds in zip(*batches))
        assert own < 5e-6 * max(1, addition / 0.33e-6), f"{own * 1e6:.1f} us beside {addition * 1e6:.2f} us"


def test_a_call_costs_less_than_five_microseconds():
    check_cost(lambda array: array)


def test_a_call_on_tensors_costs_less_than_five_microseconds():
    check_cost(pytest.importorskip("torch").from_numpy)
