# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime sessions with and without the library, and their times side by side."""
import statistics
import time

import deconv.onnxruntime
import onnxruntime

ROUNDS = 4
PAUSE = 0.02  # seconds: threads of the session measured before still spin for some milliseconds and take a core


def session(model, threads, library, profile=None):
    """model: a ModelProto. threads 0: ONNX Runtime's default. profile: prefix of a profile's file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    if library:
        options.register_custom_ops_library(deconv.onnxruntime.library_path())
    if profile:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def runner(session, feed):
    """A call of the session that copies neither inputs nor outputs."""
    values = {name: onnxruntime.OrtValue.ortvalue_from_numpy(array) for name, array in feed.items()}
    names = [output.name for output in session.get_outputs()]
    return lambda: session.run_with_ort_values(names, values)


def side_by_side(calls, seconds):
    """The median time of each call, in seconds: rounds of all calls in turn, `seconds` for each call in all, three calls at least."""
    times = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(ROUNDS):
        for call, durations in zip(calls, times):
            time.sleep(PAUSE)
            call()
            end = time.perf_counter() + seconds / ROUNDS
            while True:
                begin = time.perf_counter()
                call()
                now = time.perf_counter()
                durations.append(now - begin)
                if now > end:
                    break
    return [statistics.median(durations) for durations in times]


def geometric_mean(values):
    return statistics.geometric_mean(values)
