# SPDX-License-Identifier: Apache-2.0
"""What a peer is. Each peer_*.py has `PEERS`, a list of them; a new library is a new file and a line in MODULES."""
from typing import Callable, NamedTuple

MODULES = ("peer_torch", "peer_onnxruntime", "peer_openvino", "peer_ncnn", "peer_litert", "peer_jax")


class Unsupported(Exception):
    """A layer that the peer cannot run, and why."""


class Prepared(NamedTuple):
    run: Callable      # what is timed: weights packed, tensors allocated where the peer lets a caller do that
    output: Callable   # runs, and returns the output as (batch, channels, extents...)


class Peer(NamedTuple):
    name: str          # as --peers and the JSON have it
    title: str         # for readers, without the version
    package: str       # on PyPI
    layout: str        # of its users' tensors: "nchw" (channels first at any rank) or "nhwc" (last)
    prepare: Callable  # (layer, x, weights, bias, threads) -> Prepared; imports the package. Raises Unsupported, or whatever the package raises
