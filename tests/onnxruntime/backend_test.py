# SPDX-License-Identifier: Apache-2.0
"""The onnx package's own backend test cases that hold a ConvTranspose, through the library."""
import glob
import os
import warnings

import numpy
import onnx
import pytest
from models import session
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

KINDS = ("node", "simple", "pytorch-converted", "pytorch-operator")
LEAST_CASES = 14  # of onnx 1.23: fewer would mean that they were not found


def load(case):
    return onnx.load(os.path.join(case.model_dir, "model.onnx")) if case.model_dir else case.model


def cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other operators' cases
        found = [case for kind in KINDS for case in load_model_tests(kind=kind)]
    return [case for case in found if any(node.op_type == "ConvTranspose" for node in load(case).graph.node)]


def tensors(folder, kind):
    paths = sorted(glob.glob(os.path.join(folder, f"{kind}_*.pb")), key=lambda path: int(path.rsplit("_", 1)[1][:-3]))
    return [numpy_helper.to_array(onnx.load_tensor(path)) for path in paths]


def data_sets(case):
    if case.data_sets is not None:
        return case.data_sets
    return [(tensors(folder, "input"), tensors(folder, "output")) for folder in sorted(glob.glob(os.path.join(case.model_dir, "test_data_set_*")))]


CASES = cases()


def test_the_cases_are_found():
    assert len(CASES) >= LEAST_CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_backend_case(case, capfd, monkeypatch):
    monkeypatch.setenv("DECONV_VERBOSE", "1")
    proto = load(case)
    run_session = session(proto)
    sets = data_sets(case)
    assert sets
    for inputs, outputs in sets:
        results = run_session.run(None, {value.name: array for value, array in zip(run_session.get_inputs(), inputs)})
        for result, expected in zip(results, outputs, strict=True):
            numpy.testing.assert_allclose(result, expected, rtol=case.rtol, atol=case.atol)
    nodes = sum(node.op_type == "ConvTranspose" for node in proto.graph.node)
    assert capfd.readouterr().err.count("deconv: operator: ") >= nodes  # the library's words: it ran, not the runtime's kernel
