# SPDX-License-Identifier: Apache-2.0
"""Threads: equal bits, a GIL that others get, fork, and one OpenMP whichever library brings it."""
import os
import pathlib
import subprocess
import sys
import threading
import time

import deconv
import numpy as np
import pytest

RNG = np.random.default_rng(0)
WEIGHTS = RNG.standard_normal((64, 32, 4, 4), dtype=np.float32)
LAYER = deconv.ConvTranspose(WEIGHTS, stride=2, padding=1)
X = RNG.standard_normal((1, 64, 24, 24), dtype=np.float32)


def test_equal_bits_for_any_number_of_threads():
    one = LAYER(X, threads=1)
    for threads in (0, 2, 3, 8):
        assert np.array_equal(LAYER(X, threads=threads), one)
    assert LAYER.plan(X.shape, threads=3).threads == 3
    assert deconv.ConvTranspose(WEIGHTS, threads=1).plan(X.shape).threads == 1


def test_calls_from_many_threads():
    inputs = [RNG.standard_normal((1, 64, 8 + i, 9), dtype=np.float32) for i in range(40)]  # more shapes than plans are kept
    wanted = [LAYER(x, threads=1) for x in inputs]
    failures = []

    def work(shift):
        for i in range(len(inputs)):
            at = (i + shift) % len(inputs)
            if not np.array_equal(LAYER(inputs[at], threads=1), wanted[at]):
                failures.append(at)

    workers = [threading.Thread(target=work, args=(13 * i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures


def test_others_run_during_a_call():
    """A call of some hundred milliseconds; a thread that needs the GIL counts meanwhile."""
    layer = deconv.ConvTranspose(RNG.standard_normal((256, 256, 8, 8), dtype=np.float32), stride=2, backend="naive", threads=1)
    x = np.ones((1, 256, 4, 4), np.float32)
    layer(x)
    started, ended, moments = threading.Event(), threading.Event(), []

    def count():
        started.set()
        while not ended.is_set():
            moments.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    started.wait()
    begin = time.perf_counter()
    layer(x)
    end = time.perf_counter()
    ended.set()
    thread.join()
    inside = [moment for moment in moments if begin + 0.2 * (end - begin) < moment < end - 0.2 * (end - begin)]
    assert end - begin > 0.02, "too short a call to tell"
    assert len(inside) >= 3


def run_script(script):
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


FORK = """
import os, time
import numpy as np
import deconv

layer = deconv.ConvTranspose(np.ones((64, 64, 4, 4), np.float32), stride=2, padding=1)
x = np.ones((1, 64, 32, 32), np.float32)
wanted = layer(x, threads=2)
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(layer(x, threads=2), wanted) else 1)
end = time.monotonic() + 60
while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
    if time.monotonic() > end:
        os.kill(child, 9)
        raise SystemExit("the child hangs")
    time.sleep(0.01)
assert ended[1] == 0, ended
assert np.array_equal(layer(x, threads=2), wanted)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_fork_after_use():
    run_script(FORK)


OPENMP = """
import os
IMPORTS
import numpy as np

def threads():
    return len(os.listdir("/proc/self/task"))

def runtimes():
    names = {line.split()[-1] for line in open("/proc/self/maps")}
    return {name for name in names if name.rpartition("/")[2].startswith(("libgomp", "libomp", "libiomp"))}

layer = deconv.ConvTranspose(np.ones((64, 64, 4, 4), np.float32), stride=2, padding=1)
x = np.ones((1, 64, 32, 32), np.float32)
torch.set_num_threads(3)
wanted = layer(x, threads=1)
work = [lambda: torch.relu(torch.ones(4096, 1024)).sum(), lambda: np.testing.assert_array_equal(layer(x, threads=3), wanted)]
FIRST, SECOND = work if TORCH_FIRST else work[::-1]
FIRST()
with_one = threads()
for _ in range(5):
    SECOND()
    FIRST()
assert threads() == with_one, (with_one, threads())
assert len(runtimes()) == 1, runtimes()
"""


@pytest.mark.skipif(not pathlib.Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("imports", ["import torch, deconv", "import deconv, torch"])
@pytest.mark.parametrize("torch_first", [True, False], ids=["torch works first", "deconv works first"])
def test_one_openmp_and_one_pool_with_torch(imports, torch_first):
    pytest.importorskip("torch")
    run_script(OPENMP.replace("IMPORTS", imports).replace("TORCH_FIRST", str(torch_first)))


def test_the_interpreter_ends_while_daemons_compute():
    script = """
import threading, time
import deconv, numpy as np
layer = deconv.ConvTranspose(np.ones((64, 64, 4, 4), "f"), stride=2, threads=1)
x = np.ones((1, 64, 32, 32), "f")
def compute():
    while True:
        layer(x)
for _ in range(3):
    threading.Thread(target=compute, daemon=True).start()
time.sleep(0.2)
"""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
