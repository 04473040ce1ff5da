# SPDX-License-Identifier: Apache-2.0
"""Transposed convolution for inference on CPUs."""
from ._native import info

__all__ = ["info"]
