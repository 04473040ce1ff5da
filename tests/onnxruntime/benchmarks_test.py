# SPDX-License-Identifier: Apache-2.0
"""benchmarks/onnxruntime, in short: outputs and boxes agree. Its bars of speed are for an idle machine and are not tested here."""
import importlib.util
import pathlib
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "onnxruntime"


def output_of(script, *arguments):
    result = subprocess.run([sys.executable, FOLDER / script, "--threads", "2", *arguments], capture_output=True, text=True, timeout=300)
    assert result.returncode in (0, 1) and not result.stderr, result.stdout + result.stderr
    return result.stdout


def test_zoo():
    text = output_of("zoo.py", "--layers", "pix2pix_inner,hed_up16,dcgan_g0,hifigan_v2_up3", "--seconds", "0.02")
    assert "geometric mean of 4 layers" in text and "outputs differ: none" in text, text


def test_istft():
    text = output_of("istft.py", "--calls", "2")
    assert float(text.split("outputs differ by ")[1].split()[0]) < 1e-5, text


def test_text_detector():
    missing = [name for name in ("cv2", "PIL", "rapidocr_onnxruntime") if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    text = output_of("ocr.py", "--pages", "2", "--seconds", "0")
    assert text.count("boxes, identical") == 2 and "different boxes: 0" in text, text
