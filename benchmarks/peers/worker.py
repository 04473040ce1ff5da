# SPDX-License-Identifier: Apache-2.0
"""The process of one peer: prepares a layer, compares its output with the reference, times rounds. Runs what its parent sends."""
import gc
import importlib
import importlib.metadata
import time

import numpy
from interface import MODULES, Unsupported
from definition import Wrong, compare

SAMPLE = 1e-3  # seconds: shorter calls are timed several at once


def all_peers():
    return {peer.name: peer for module in MODULES for peer in importlib.import_module(module).PEERS}


def versions(names):
    """For the JSON. A peer whose package is missing has no version."""
    return [{"peer": peer.name, "name": peer.title, "layout": peer.layout, "version": _version(peer.package)}
            for name, peer in all_peers().items() if name in names]


def _version(package):
    try:
        return importlib.metadata.version(package).partition("+")[0]  # without "+cpu"
    except importlib.metadata.PackageNotFoundError:
        return None


class Worker:
    def __init__(self, peer, threads):
        self._peer, self._threads, self._prepared, self._calls = peer, threads, None, 1
        self._arrays = ()  # kept alive: some peers read the caller's memory

    def prepare(self, layer, folder):
        """`folder` holds the data and the reference as .npy files."""
        self._prepared = None
        *self._arrays, exact, bound = (_load(folder / f"{name}.npy") for name in ("x", "weights", "bias", "exact", "bound"))
        start = time.perf_counter()
        try:
            self._prepared = self._peer.prepare(layer, *self._arrays, self._threads)
            created = time.perf_counter()
            fields = compare(numpy.asarray(self._prepared.output()), exact, bound)
        except Unsupported as error:
            return {"error": f"unsupported: {error}"}
        except Wrong as error:
            return {"error": f"wrong: {error}"}
        except Exception as error:  # libraries raise types of their own; the reason goes into the row
            return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"}
        once = self._time(1)  # a warm run
        self._calls = max(1, int(SAMPLE / once))
        return {"create_ms": (created - start) * 1e3, "warm_ms": once * 1e3, **fields}

    def measure(self, seconds):
        """Milliseconds of a call in each sample; one sample at least."""
        samples, end = [], time.perf_counter() + seconds
        gc.disable()
        self._time(1)
        while not samples or time.perf_counter() < end:
            samples.append(self._time(self._calls) * 1e3)
        gc.enable()
        return samples

    def _time(self, calls):
        run = self._prepared.run
        start = time.perf_counter()
        for _ in range(calls):
            run()
        return (time.perf_counter() - start) / calls


def _load(path):
    return numpy.load(path) if path.exists() else None


def serve(connection, name, threads):
    """Answers (method, arguments) until None comes."""
    worker = Worker(all_peers()[name], threads)
    for request in iter(connection.recv, None):
        method, arguments = request
        connection.send(getattr(worker, method)(*arguments))
