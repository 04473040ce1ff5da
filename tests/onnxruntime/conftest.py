# SPDX-License-Identifier: Apache-2.0
"""Leaves these tests out, in words, where what they need is not installed."""
import importlib.util

MISSING = [name for name in ("deconv", "onnx", "onnxruntime") if importlib.util.find_spec(name) is None]
collect_ignore_glob = ["*_test.py"] if MISSING else []


def pytest_terminal_summary(terminalreporter):
    if MISSING:
        terminalreporter.write_line(f"tests/onnxruntime left out: not installed: {', '.join(MISSING)}", yellow=True)
