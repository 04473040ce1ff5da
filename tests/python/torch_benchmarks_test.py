# SPDX-License-Identifier: Apache-2.0
"""benchmarks/pytorch, in short: results agree. Its bars of speed are for an idle machine and are not tested here."""
import pathlib
import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "pytorch"
sys.path.insert(0, str(FOLDER))
from layers import axes, make, rows  # noqa: E402


def output_of(script, *arguments):
    result = subprocess.run([sys.executable, FOLDER / script, *arguments], capture_output=True, text=True, timeout=300)
    assert result.returncode in (0, 1) and not result.stderr, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize("memory", [(), ("--channels-last",)])
def test_zoo(memory):
    text = output_of("zoo.py", "--layers", "pix2pix_inner,dcgan_g0,wavegan_up4", "--seconds", "0.02", *memory)
    assert len(text.splitlines()) == 5 and "different results: none" in text, text


def test_istft():
    text = output_of("istft.py", "--calls", "2")
    assert text.count("contiguous") == 3 and "different results: 0" in text, text


def test_layers_have_the_extents_of_the_zoo():
    assert len(rows()) >= 100
    for row in rows():
        module, x = make(row)
        with torch.device("meta"):
            out = module.to("meta")(torch.empty_like(x, device="meta"))
        assert list(out.shape[2:]) == axes(row, "out"), row["layer"]
