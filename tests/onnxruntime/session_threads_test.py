# SPDX-License-Identifier: Apache-2.0
"""The session's threads do the work: the library makes none, and sessions may run on many threads at once."""
import os
import subprocess
import sys
import threading

import numpy
import pytest
from models import conv_transpose, model, random, run, session

LAYER = dict(strides=[2, 2], pads=[1, 1, 1, 1])


def threads_of_this_process():
    return len(os.listdir("/proc/self/task"))


def layer_of(extent):
    """82 Ki weights: enough for packing to be worth threads."""
    return model([conv_transpose(("X", "W", "B"), **LAYER)], {"X": [1, 64, extent, extent]}, {"W": random(64, 80, 4, 4), "B": random(80)})


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted in /proc")
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_no_thread_beside_the_sessions(threads):
    """In a process of its own: OpenMP's threads of other tests would hide new ones."""
    script = f"""
import session_threads_test as t
proto, feed = t.layer_of(48), {{"X": t.random(1, 64, 48, 48)}}
alone = t.session(proto, False, threads={threads})
alone.run(None, feed)
before = t.threads_of_this_process()
ours = t.session(proto, True, threads={threads})
created = t.threads_of_this_process()
for _ in range(20):
    ours.run(None, feed)
assert created - before == {threads} - 1, (before, created)
assert t.threads_of_this_process() == created, (created, t.threads_of_this_process())
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=os.path.dirname(os.path.abspath(__file__)))


def test_the_sessions_threads_share_the_work():
    """CPU time spent beside the calling thread, while the session's threads do not spin."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one CPU: nothing to share")
    import onnxruntime

    import deconv.onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.register_custom_ops_library(deconv.onnxruntime.library_path())
    ours = onnxruntime.InferenceSession(layer_of(96).SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {"X": random(1, 64, 96, 96)}
    for _ in range(5):
        ours.run(None, feed)
    import time
    process, thread = time.process_time(), time.thread_time()
    for _ in range(20):
        ours.run(None, feed)
    process, thread = time.process_time() - process, time.thread_time() - thread
    assert process - thread > 0.15 * process, (process, thread)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_bits_do_not_depend_on_threads(threads):
    proto, feed = layer_of(20), {"X": random(1, 64, 20, 20)}
    assert numpy.array_equal(run(proto, feed, threads=threads), run(proto, feed, threads=1))


def test_one_session_on_many_threads():
    proto = model([conv_transpose(**LAYER)], {"X": ["n", 8, "h", "w"]}, {"W": random(8, 6, 4, 4)})
    ours = session(proto, threads=2)
    shapes = [(1, 8, 3 + i, 4 + i) for i in range(25)]  # more than plans are kept
    expected = [run(proto, {"X": random(*shape)}, threads=1) for shape in shapes]
    wrong = []

    def serve(first):
        for i in range(100):
            place = (first + i) % len(shapes)
            if not numpy.array_equal(ours.run(None, {"X": random(*shapes[place])})[0], expected[place]):
                wrong.append(shapes[place])

    workers = [threading.Thread(target=serve, args=(7 * worker,)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_parallel_execution_of_nodes():
    from models import helper
    import onnxruntime
    nodes = [conv_transpose(("X", "W"), "A", **LAYER), conv_transpose(("X", "V"), "B", **LAYER), helper.make_node("Add", ["A", "B"], ["Y"])]
    proto = model(nodes, {"X": [1, 8, 30, 30]}, {"W": random(8, 6, 4, 4), "V": random(8, 6, 4, 4, seed=1)})
    feed = {"X": random(1, 8, 30, 30)}
    ours = session(proto, threads=2, execution_mode=onnxruntime.ExecutionMode.ORT_PARALLEL, inter_op_num_threads=2)
    for _ in range(20):
        numpy.testing.assert_allclose(ours.run(None, feed)[0], run(proto, feed, False), rtol=1e-4, atol=1e-4)
