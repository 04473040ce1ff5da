# SPDX-License-Identifier: Apache-2.0
"""deconv.tune: what is measured is what later layers are made of, in this process and in the next."""
import os
import subprocess
import sys

import deconv
import numpy as np
import pytest

WEIGHTS = np.ones((24, 6, 4, 4), np.float32)
LAYER = {"stride": 2, "padding": 1, "expected_shape": (1, 24, 9, 10), "threads": 1}


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.delenv("DECONV_TUNING_FILE", raising=False)
    monkeypatch.delenv("DECONV_BACKEND", raising=False)
    deconv.clear_tuning()
    yield
    deconv.clear_tuning()


def chosen_line(text):
    (line,) = (line for line in text.splitlines() if ": chosen" in line)
    return line


def test_later_layers_are_of_the_fastest():
    found = deconv.tune(WEIGHTS, seconds=0.02, **LAYER)
    assert {str(candidate) for candidate in found.candidates} >= {"highway/phase_gemm", "naive"}
    assert all(candidate.rounds >= 1 and candidate.seconds > 0 for candidate in found.candidates)
    assert found.chosen in found.candidates and found.untuned in found.candidates
    assert found.gain >= 1
    assert str(found).count("chosen") == 1 and len(str(found).splitlines()) == len(found.candidates)
    layer = deconv.ConvTranspose(WEIGHTS, **LAYER)
    assert (layer.backend, layer.algorithm) == found.chosen[:2]
    assert "; tuned: " in repr(layer)
    assert chosen_line(deconv.explain(WEIGHTS, **LAYER)).startswith(f"{found.chosen}: chosen, tuned: ")
    assert "tuned" not in deconv.explain(WEIGHTS, **{**LAYER, "threads": 2})


@pytest.mark.parametrize("weights", [WEIGHTS, (24, 6, 4, 4)])
@pytest.mark.parametrize("shape, layout", [((2, 24, 9, 10), "NCHW"), ((24, 9, 10), "NCHW"), ((2, 9, 10, 24), "NHWC")])
def test_weights_shapes_and_layouts(weights, shape, layout):
    deconv.tune(weights, expected_shape=shape, layout=layout, seconds=0.005)
    assert "tuned" in deconv.explain(weights, expected_shape=shape, layout=layout)


def test_a_second_process_uses_the_file(tmp_path):
    """The file then names the candidate that the library would choose last."""
    path = tmp_path / "tuning"
    deconv.tune(WEIGHTS, seconds=0.005, file=path, **LAYER)
    header, comment, line = path.read_text().splitlines()
    problem = line.partition(" = ")[0]
    path.write_text(f"{header}\n{comment}\n{problem} = naive 1ns naive 2ns 2026-11-26T15:00:00Z\n")
    code = f"import deconv, numpy; print(deconv.ConvTranspose(numpy.ones((24, 6, 4, 4), 'f'), **{LAYER!r}).backend)"
    run = subprocess.run([sys.executable, "-c", code], env={**os.environ, "DECONV_TUNING_FILE": str(path)}, capture_output=True, text=True)
    assert run.stdout.strip() == "naive", run.stderr
    deconv.clear_tuning()
    deconv.load_tuning(path)
    assert deconv.ConvTranspose(WEIGHTS, **LAYER).backend == "naive"


def test_a_corrupt_file_changes_nothing_but_a_line(tmp_path, monkeypatch):
    path = tmp_path / "tuning"
    untuned = deconv.explain(WEIGHTS, **LAYER)
    path.write_text("deconv-tuning 1 nonsense\n")
    monkeypatch.setenv("DECONV_TUNING_FILE", str(path))
    deconv.clear_tuning()
    text = deconv.explain(WEIGHTS, **LAYER)
    assert text.startswith(untuned)
    assert text.splitlines()[-1].startswith(f'tuning: "{path}" is ignored: ')
    with pytest.raises(deconv.Unsupported, match="is ignored"):
        deconv.load_tuning(path)


@pytest.mark.parametrize("arguments, words", [
    ({"seconds": 0}, "seconds = 0 must be greater than 0"),
    ({"algorithm": "phase_gemm"}, "nothing is left to choose"),
    ({"expected_shape": (9, 10)}, r"expected_shape = \(9, 10\) has 2 axes"),
    ({"expected_shape": (1, 24, 9, 0)}, r"in\[1\] = 0"),
    ({"threads": -1}, "threads = -1"),
])
def test_errors(arguments, words):
    with pytest.raises(deconv.InvalidArgument, match=words):
        deconv.tune(WEIGHTS, **{**LAYER, **arguments})
