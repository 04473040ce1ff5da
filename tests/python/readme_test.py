# SPDX-License-Identifier: Apache-2.0
"""The Python snippets of the README and of docs/, run as they are written."""
import ast
import importlib.util
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def snippets():
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text()
        for found in re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            heading = re.findall(r"^#+ (.+)$", text[:found.start()], re.MULTILINE)[-1]
            yield pytest.param(found[1], id=f"{page.name}: {heading}")


def imports(code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


SNIPPETS = list(snippets())


def test_there_are_snippets():
    assert sum(snippet.id.startswith("README.md") for snippet in SNIPPETS) >= 2


@pytest.mark.parametrize("code", SNIPPETS)
def test_snippet(code, tmp_path):
    missing = {name.partition(".")[0] for name in imports(code) if importlib.util.find_spec(name.partition(".")[0]) is None}
    if missing:
        pytest.skip(f"not installed: {', '.join(sorted(missing))}")
    result = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
