# SPDX-License-Identifier: Apache-2.0
"""Backends and algorithms of a layer measured on this machine, and remembered for the layers made later."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

from . import _native
from .arguments import batched_extents, layout_word, parameters
from .frameworks import shape_of

Path = Union[str, "os.PathLike[str]"]


class Measured(NamedTuple):
    """One backend and algorithm, and the median of its runs. rounds 0: it did not run the whole input, seconds are a guess or 0."""
    backend: str
    algorithm: str
    seconds: float
    rounds: int

    def __str__(self) -> str:
        return f"{self.backend}/{self.algorithm}" if self.algorithm else self.backend


class Tuning(NamedTuple):
    """What deconv.tune found: every candidate in the library's order, the library's own choice, and the one that is now remembered."""
    candidates: tuple[Measured, ...]
    untuned: Measured
    chosen: Measured

    @property
    def gain(self) -> float:
        """How many times as fast as the library's own choice."""
        return self.untuned.seconds / self.chosen.seconds

    def __str__(self) -> str:
        words = {self.untuned: ", untuned choice", self.chosen: ", chosen"}
        return "\n".join(f"{candidate}: {candidate.seconds * 1e3:.4g} ms{'' if candidate.rounds else ' (guessed)'}{words.get(candidate, '')}"
                         for candidate in self.candidates)


def tune(weights: Any, bias: Any = None, *, expected_shape: Sequence[int], threads: int = 0, seconds: float = 1.0,
         file: Optional[Path] = None, **arguments: Any) -> Tuning:
    """Measures every backend and algorithm for a layer and an input shape; layers made later with both are of the fastest.

    weights: an array or only its shape. expected_shape: the input's, with or without the batch. threads: as the layer's. seconds: time to
    spend on runs, about. file: where to remember; None is the environment's DECONV_TUNING_FILE, or this process alone without it. Other
    arguments are those of ConvTranspose. Releases the GIL; measure while nothing else runs.
    """
    given = isinstance(weights, (tuple, list))
    shape = tuple(weights) if given else shape_of(weights, "weights")
    params = parameters(None if given else weights, shape, bias, **arguments)
    extents = batched_extents(expected_shape, params.rank, layout_word(arguments.get("layout", "channels_first")))
    candidates, untuned, chosen = _native.tune(params, extents, threads, seconds, None if file is None else os.fspath(file))
    measured = tuple(Measured(*candidate) for candidate in candidates)
    return Tuning(measured, measured[untuned], measured[chosen])


def load_tuning(path: Path) -> None:
    """Remembers what a tuning file says. deconv.Unsupported, with the reason: the file cannot be used, and nothing is changed."""
    _native.load_tuning(os.fspath(path))


def clear_tuning() -> None:
    """Forgets all measurements, as if the process had just begun. Layers stay as they are."""
    _native.clear_tuning()
