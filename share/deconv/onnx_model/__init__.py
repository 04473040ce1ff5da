# SPDX-License-Identifier: Apache-2.0
"""Reads the transposed convolutions of an ONNX model. Models are untrusted: whatever is wrong in one is a ModelError."""


class ModelError(Exception):
    """What is wrong with a model or with the shapes asked for, in words."""


def quoted(name):
    """A name from a model, safe to print: without control characters, at most 80 characters."""
    text = "".join(c if c.isprintable() else "?" for c in str(name))
    return f"'{text if len(text) <= 80 else text[:77] + '...'}'"
